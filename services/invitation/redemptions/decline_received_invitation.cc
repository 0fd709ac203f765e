// The refusal of a customer from its inbox, without a link.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/redemptions/consent.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/inbox.h"

namespace partnerlink::invitation::redemptions {

absl::Status ValidateDeclineReceivedInvitation(
    const v1::DeclineReceivedInvitationRequest& request) {
  FieldViolations violations;
  CheckReceivedName(request.name(), violations);
  request::CheckReason("reason", request.reason(), violations);
  request::CheckRequestId(request.request_id(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::DeclineInvitationResponse> DeclineReceivedInvitation(
    const CallContext& context, const Deps& deps,
    const v1::DeclineReceivedInvitationRequest& request) {
  const auto name = request::ParseChildName(request.name(), "customers", "receivedInvitations");
  return outbox::Mutate<v1::DeclineInvitationResponse>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::DeclineInvitationResponse> {
        const std::optional<Received> received =
            FindReceived(transaction, name->id, AddresseeOf(transaction, context.principal));
        if (!received) return NotFound();
        transaction.SeeInvitation(name->id);
        // Whatever its link is by now: this call came without one.
        const std::optional<invitations::Row> row =
            invitations::FindByLink(transaction, name->id, invitations::Lock::kForUpdate);
        if (!row) return NotFound();
        return Refuse(transaction, changes, context, deps, *row, request.reason());
      });
}

}  // namespace partnerlink::invitation::redemptions
