// "Done": from now on the link can be accepted, and its time runs. With `send` the mail is queued
// in the same transaction.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/issuing.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/invitations/sending.h"

namespace partnerlink::invitation::invitations {

absl::Status ValidateIssueInvitation(const v1::IssueInvitationRequest& request) {
  FieldViolations violations;
  request::CheckRequestId(request.request_id(), violations);
  return CheckName(request.name(), std::move(violations));
}

absl::StatusOr<v1::Invitation> IssueInvitation(const CallContext& context, const Deps& deps,
                                               const v1::IssueInvitationRequest& request) {
  return outbox::Mutate<v1::Invitation>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Invitation> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row draft,
                                     OpenForChange(transaction, request.name(), request.etag()));
        const Ground ground = FindGround(transaction, draft);
        PARTNERLINK_ASSIGN_OR_RETURN(Row issued,
                                     IssueDraft(transaction, changes, deps, ground, draft));
        if (request.send()) {
          PARTNERLINK_ASSIGN_OR_RETURN(issued, QueueMail(transaction, changes, deps, issued));
        }
        return issued.invitation;
      });
}

}  // namespace partnerlink::invitation::invitations
