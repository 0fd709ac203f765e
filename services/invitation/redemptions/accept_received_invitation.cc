// The consent of a customer from its inbox, without a link: what is received is bound to the
// customer, or to the person who accepts. The same account again gets its redemption again, and is
// told so if it has declined.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/declines/store.h"
#include "services/invitation/redemptions/consent.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/inbox.h"
#include "services/invitation/redemptions/rules.h"

namespace partnerlink::invitation::redemptions {
namespace {

// The same consent, of somebody who holds a link.
v1::AcceptInvitationRequest ConsentOf(const v1::AcceptReceivedInvitationRequest& request) {
  v1::AcceptInvitationRequest consent;
  consent.set_agreement_version(request.agreement_version());
  consent.set_confirm(request.confirm());
  *consent.mutable_accepted_roles() = request.accepted_roles();
  consent.set_decline_grant(request.decline_grant());
  if (request.has_company()) *consent.mutable_company() = request.company();
  return consent;
}

}  // namespace

absl::Status ValidateAcceptReceivedInvitation(const v1::AcceptReceivedInvitationRequest& request) {
  FieldViolations violations;
  CheckReceivedName(request.name(), violations);
  const v1::AcceptInvitationRequest consent = ConsentOf(request);
  CheckConsent(consent, violations);
  request::CheckRequestId(request.request_id(), violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return CheckConfirmed(consent);
}

absl::StatusOr<v1::Redemption> AcceptReceivedInvitation(
    const CallContext& context, const Deps& deps,
    const v1::AcceptReceivedInvitationRequest& request) {
  const auto name = request::ParseChildName(request.name(), "customers", "receivedInvitations");
  return outbox::Mutate<v1::Redemption>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Redemption> {
        const std::optional<Received> received =
            FindReceived(transaction, name->id, AddresseeOf(transaction, context.principal));
        if (!received) {
          // Looked for behind it: whom a call of its own account has overtaken finds one of the
          // two.
          const auto redemption = FindRedemptionOf(transaction, name->id, name->account);
          if (redemption) return *redemption;
          const bool declined = declines::FindOf(transaction, name->id, name->account).has_value();
          return declined ? DeclinedBefore() : NotFound();
        }
        return Consent(transaction, changes, context, deps, ConsentOf(request),
                       received->invitation, received->parties, received->present_micros);
      });
}

}  // namespace partnerlink::invitation::redemptions
