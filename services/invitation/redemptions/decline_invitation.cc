// The customer's refusal: ends the invitation and tells the partner why. The same account again
// gets the same answer.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/invitations/events.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/opening.h"
#include "services/invitation/redemptions/rules.h"

namespace partnerlink::invitation::redemptions {
namespace {

v1::DeclineInvitationResponse AnswerFor(const invitations::Row& row) {
  v1::DeclineInvitationResponse response;
  response.set_invitation(row.invitation.name());
  response.set_state(row.invitation.state());
  response.mutable_decline_time()->set_seconds(row.decide_micros / 1000000);
  response.mutable_decline_time()->set_nanos(
      static_cast<int32_t>(row.decide_micros % 1000000 * 1000));
  return response;
}

}  // namespace

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
        const std::string& customer = context.principal.account;
        if (row.invitation.state() == v1::Invitation::DECLINED && row.decided_by == customer) {
          return AnswerFor(row);
        }
        // A suspended partner's invitation may still be declined.
        PARTNERLINK_RETURN_IF_ERROR(
            CheckAcceptable(row.invitation.state(), /*partner_is_active=*/true));
        PARTNERLINK_RETURN_IF_ERROR(
            CheckAccount(row.invitation, row.partner, row.email_key, context.principal,
                         SituationOf(deps, context.principal,
                                     FindParties(transaction, row.partner, customer), {})));
        const auto declined = invitations::Decline(transaction, row, customer, request.reason());
        // Its time has run out since it was read.
        if (!declined) return CheckAcceptable(v1::Invitation::EXPIRED, true);
        changes.Record(invitations::ChangeOf("invitation.declined", &row, &*declined));
        return AnswerFor(*declined);
      });
}

}  // namespace partnerlink::invitation::redemptions
