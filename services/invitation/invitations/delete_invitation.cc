// Deletes a draft that nobody has seen; its audit entries stay. An issued invitation is revoked,
// not deleted.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/invitations/events.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/issuing.h"
#include "services/invitation/invitations/rules.h"

namespace partnerlink::invitation::invitations {

absl::Status ValidateDeleteInvitation(const v1::DeleteInvitationRequest& request) {
  FieldViolations violations;
  request::CheckRequestId(request.request_id(), violations);
  return CheckName(request.name(), std::move(violations));
}

absl::StatusOr<google::protobuf::Empty> DeleteInvitation(
    const CallContext& context, const Deps& deps, const v1::DeleteInvitationRequest& request) {
  return outbox::Mutate<google::protobuf::Empty>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<google::protobuf::Empty> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row row,
                                     OpenForChange(transaction, request.name(), request.etag()));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kDelete, row.invitation.state()));
        if (!DeleteDraft(transaction, row)) {
          return absl::InternalError("a locked draft was not deleted");
        }
        changes.Record(ChangeOf("invitation.deleted", &row, nullptr));
        return google::protobuf::Empty();
      });
}

}  // namespace partnerlink::invitation::invitations
