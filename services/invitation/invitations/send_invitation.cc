// The partner has the service send the mail, instead of sending it itself. The mail is queued in
// this transaction and handed over after it.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/issuing.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/invitations/sending.h"

namespace partnerlink::invitation::invitations {

absl::Status ValidateSendInvitation(const v1::SendInvitationRequest& request) {
  FieldViolations violations;
  request::CheckRequestId(request.request_id(), violations);
  return CheckName(request.name(), std::move(violations));
}

absl::StatusOr<v1::Invitation> SendInvitation(const CallContext& context, const Deps& deps,
                                              const v1::SendInvitationRequest& request) {
  return outbox::Mutate<v1::Invitation>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Invitation> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row row,
                                     OpenForChange(transaction, request.name(), request.etag()));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kSend, row.invitation.state()));
        PARTNERLINK_RETURN_IF_ERROR(
            CheckMayInvite(transaction, deps, parties::FindPartner(transaction, row.partner), row)
                .status());
        PARTNERLINK_ASSIGN_OR_RETURN(const Row sent, QueueMail(transaction, changes, deps, row));
        return sent.invitation;
      });
}

}  // namespace partnerlink::invitation::invitations
