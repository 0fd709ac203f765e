// The refusal of a customer from its inbox, without a link. The same account again gets the same
// answer.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/declines/store.h"
#include "services/invitation/redemptions/consent.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/inbox.h"

namespace partnerlink::invitation::redemptions {
namespace {

// Whether this account knows the invitation, which waits no more, by its own answer.
bool IsAnswered(postgres::Transaction& transaction, const std::string& id,
                const std::string& account) {
  return declines::FindOf(transaction, id, account) || FindRedemptionOf(transaction, id, account);
}

}  // namespace

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
        if (!received && !IsAnswered(transaction, name->id, name->account)) return NotFound();
        transaction.SeeInvitation(name->id);
        // Whatever its link is by now: this call came without one.
        const std::optional<invitations::Row> row =
            invitations::FindByLink(transaction, name->id, invitations::Lock::kForUpdate);
        if (!row) return NotFound();
        return Refuse(transaction, changes, context, deps, *row,
                      FindParties(transaction, *row, name->account), request.reason());
      });
}

}  // namespace partnerlink::invitation::redemptions
