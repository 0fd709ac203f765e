// The provider does not agree: the invitation is over, and its partner reads why.
#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "services/invitation/invitations/events.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/issuing.h"
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
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Invitation> {
        PARTNERLINK_ASSIGN_OR_RETURN(
            const Row before,
            OpenForProvider(transaction, context.principal, request.name(), request.etag()));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kRefuse, before.invitation.state()));
        const std::optional<Row> after = Refuse(transaction, before, request.reason());
        if (!after) return MissedByProvider(transaction, Action::kRefuse, before);
        changes.Record(ChangeOf("invitation.refused", &before, &*after, request.reason()));
        return AsProviderSees(*after);
      });
}

}  // namespace partnerlink::invitation::invitations
