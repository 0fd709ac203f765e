// The provider agrees to be asked for: the link can be accepted from now on. The partnership must
// be in force, as it must be for issuing.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/issuing.h"
#include "services/invitation/invitations/provider_part.h"
#include "services/invitation/invitations/rules.h"

namespace partnerlink::invitation::invitations {

absl::Status ValidateApproveProviderPart(const v1::ApproveProviderPartRequest& request) {
  FieldViolations violations;
  request::CheckRequestId(request.request_id(), violations);
  return CheckName(request.name(), std::move(violations));
}

absl::StatusOr<v1::Invitation> ApproveProviderPart(const CallContext& context, const Deps& deps,
                                                   const v1::ApproveProviderPartRequest& request) {
  return outbox::Mutate<v1::Invitation>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction, outbox::Changes& changes) {
        return DecideProviderPart(
            transaction, changes, context.principal, request.name(), request.etag(),
            {Action::kApprove, "invitation.approved", ""},
            [&](const Row& before) -> absl::StatusOr<std::optional<Row>> {
              const auto partner = parties::FindPartner(transaction, before.partner);
              PARTNERLINK_RETURN_IF_ERROR(
                  CheckMayInvite(transaction, deps, partner, before).status());
              return Approve(transaction, before);
            });
      });
}

}  // namespace partnerlink::invitation::invitations
