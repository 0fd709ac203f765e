// The provider agrees to be asked for: the link can be accepted from now on. The partnership must
// be in force, as it must be for issuing.
#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "services/invitation/invitations/events.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/issuing.h"
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
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Invitation> {
        PARTNERLINK_ASSIGN_OR_RETURN(
            const Row before,
            OpenForProvider(transaction, context.principal, request.name(), request.etag()));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kApprove, before.invitation.state()));
        PARTNERLINK_RETURN_IF_ERROR(
            CheckMayInvite(transaction, deps, FindPartner(transaction, before.partner), before)
                .status());
        const std::optional<Row> after = Approve(transaction, before);
        if (!after) return MissedByProvider(transaction, Action::kApprove, before);
        changes.Record(ChangeOf("invitation.approved", &before, &*after));
        return AsProviderSees(*after);
      });
}

}  // namespace partnerlink::invitation::invitations
