// Deletes a draft, which only its partner has seen; its audit entries stay.
#include "common/outbox/mutate.h"
#include "common/status/status.h"
#include "services/relationship/grants/change.h"
#include "services/relationship/grants/events.h"
#include "services/relationship/grants/handlers.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateDeleteGrant(const v1::DeleteGrantRequest& request) {
  return CheckNamed(request.name(), request.request_id());
}

absl::StatusOr<google::protobuf::Empty> DeleteGrant(const CallContext& context, const Deps& deps,
                                                    const v1::DeleteGrantRequest& request) {
  return outbox::Mutate<google::protobuf::Empty>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<google::protobuf::Empty> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row row,
                                     OpenForChange(transaction, context.principal, request.name(),
                                                   request.etag(), Action::kDelete));
        if (!DeleteDraft(transaction, row)) {
          return absl::InternalError("a locked draft was not deleted");
        }
        Record(changes, EventOf(Action::kDelete), &row, nullptr);
        return google::protobuf::Empty();
      });
}

}  // namespace partnerlink::relationship::grants
