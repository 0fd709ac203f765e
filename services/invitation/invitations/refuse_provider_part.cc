// The provider does not agree: the invitation is over, and its partner reads why.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/provider_part.h"
#include "services/invitation/invitations/rules.h"

namespace partnerlink::invitation::invitations {

absl::Status ValidateRefuseProviderPart(const v1::RefuseProviderPartRequest& request) {
  FieldViolations violations;
  request::CheckReason("reason", request.reason(), violations);
  request::CheckRequestId(request.request_id(), violations);
  return CheckName(request.name(), std::move(violations));
}

absl::StatusOr<v1::Invitation> RefuseProviderPart(const CallContext& context, const Deps& deps,
                                                  const v1::RefuseProviderPartRequest& request) {
  return outbox::Mutate<v1::Invitation>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction, outbox::Changes& changes) {
        return DecideProviderPart(
            transaction, changes, context.principal, request.name(), request.etag(),
            {Action::kRefuse, "invitation.refused", request.reason()},
            [&](const Row& before) { return Refuse(transaction, before, request.reason()); });
      });
}

}  // namespace partnerlink::invitation::invitations
