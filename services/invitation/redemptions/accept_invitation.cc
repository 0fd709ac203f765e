// The consent of a customer, or of a reseller to a partnership, recorded in one transaction; what
// it is for follows through the relay. The same account again gets its redemption again, whatever
// became of the invitation since.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/redemptions/consent.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/opening.h"

namespace partnerlink::invitation::redemptions {

absl::Status ValidateAcceptInvitation(const v1::AcceptInvitationRequest& request) {
  FieldViolations violations;
  CheckToken(request.token(), violations);
  CheckConsent(request, violations);
  request::CheckRequestId(request.request_id(), violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return CheckConfirmed(request);
}

absl::StatusOr<v1::Redemption> AcceptInvitation(const CallContext& context, const Deps& deps,
                                                const v1::AcceptInvitationRequest& request) {
  const Link link = LinkOf(request.token());
  Opened opened;
  return outbox::MutateOnGround<v1::Redemption>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction, const outbox::RequestKey& key) {
        opened = Open(transaction, link.id, key);
        return opened.kept;
      },
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Redemption> {
        PARTNERLINK_ASSIGN_OR_RETURN(const invitations::Row row,
                                     CheckLink(deps, link, opened.invitation));
        PARTNERLINK_RETURN_IF_ERROR(CheckMayAnswer(
            row.invitation, context.principal,
            SituationOf(deps, context.principal, opened.parties, request.company())));
        if (opened.redemption) return *opened.redemption;
        return Consent(transaction, changes, context, deps, request, row, opened.parties,
                       opened.present_micros);
      });
}

absl::StatusOr<v1::Redemption> ReadRedemption(const CallContext& context, const Deps& deps,
                                              const v1::Redemption& accepted) {
  return postgres::ReadInOneStatement<v1::Redemption>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::Redemption> {
        const std::optional<v1::Redemption> redemption = FindAlone(transaction, accepted.name());
        return redemption ? *redemption : accepted;
      });
}

}  // namespace partnerlink::invitation::redemptions
