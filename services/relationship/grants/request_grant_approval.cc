// A draft becomes a request: from now on the customer sees it, and nothing of it changes. What it
// rests on may have changed since it was drafted.
#include "common/outbox/mutate.h"
#include "services/relationship/grants/change.h"
#include "services/relationship/grants/events.h"
#include "services/relationship/grants/handlers.h"
#include "services/relationship/notices/store.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateRequestGrantApproval(const v1::RequestGrantApprovalRequest& request) {
  return CheckNamed(request.name(), request.request_id());
}

absl::StatusOr<v1::Grant> RequestGrantApproval(const CallContext& context, const Deps& deps,
                                               const v1::RequestGrantApprovalRequest& request) {
  return outbox::Mutate<v1::Grant>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Grant> {
        // Locks in one order everywhere: edge, grant.
        PARTNERLINK_ASSIGN_OR_RETURN(const Row seen,
                                     Look(transaction, context.principal, request.name()));
        const absl::Status served = HoldRelationship(transaction, context.principal, seen.grant);
        PARTNERLINK_ASSIGN_OR_RETURN(const Row before,
                                     OpenForChange(transaction, context.principal, request.name(),
                                                   request.etag(), Action::kRequest));
        PARTNERLINK_RETURN_IF_ERROR(served);
        PARTNERLINK_RETURN_IF_ERROR(CheckRenews(transaction, context.principal, before.grant));
        PARTNERLINK_ASSIGN_OR_RETURN(Row after,
                                     Written(transaction, before, Action::kRequest,
                                             RequestApproval(transaction, before, kRequestDays)));
        Record(changes, EventOf(Action::kRequest), &before, &after);
        // A request has one notice: a grant is asked for once.
        if (request.notify_customer()) {
          notices::Insert(transaction,
                          {.id = after.id,
                           .kind = invitation::v1::QueueNoticeRequest::GRANT_APPROVAL_REQUESTED,
                           .resource = after.grant.name(),
                           .partner = after.grant.partner(),
                           .customer = after.grant.customer()});
        }
        return std::move(after.grant);
      });
}

}  // namespace partnerlink::relationship::grants
