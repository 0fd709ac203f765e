// The refusal: ends the invitation, or of one for several this account's part in it, and tells the
// partner why. The same account again gets the same answer.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/redemptions/consent.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/opening.h"

namespace partnerlink::invitation::redemptions {

absl::Status ValidateDeclineInvitation(const v1::DeclineInvitationRequest& request) {
  FieldViolations violations;
  CheckToken(request.token(), violations);
  request::CheckReason("reason", request.reason(), violations);
  request::CheckRequestId(request.request_id(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::DeclineInvitationResponse> DeclineInvitation(
    const CallContext& context, const Deps& deps, const v1::DeclineInvitationRequest& request) {
  return outbox::Mutate<v1::DeclineInvitationResponse>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::DeclineInvitationResponse> {
        PARTNERLINK_ASSIGN_OR_RETURN(const invitations::Row opened,
                                     OpenLink(transaction, deps, request.token()));
        PARTNERLINK_ASSIGN_OR_RETURN(const invitations::Row row, LockOpened(transaction, opened));
        const Parties parties = FindParties(transaction, row, context.principal.account);
        PARTNERLINK_RETURN_IF_ERROR(CheckMayAnswer(
            row.invitation, context.principal, SituationOf(deps, context.principal, parties, {})));
        return Refuse(transaction, changes, context, deps, row, parties, request.reason());
      });
}

}  // namespace partnerlink::invitation::redemptions
