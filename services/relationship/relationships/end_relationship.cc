// A customer ends a relationship: nothing is ordered or changed through it from the answer on, and
// it is over once the days of notice that were agreed have passed; without any, at once. The grants
// of the partner end with it unless the customer keeps them. What was sold through it goes on.
#include "common/outbox/mutate.h"
#include "common/status/status.h"
#include "services/relationship/relationships/ending.h"
#include "services/relationship/relationships/events.h"
#include "services/relationship/relationships/handlers.h"
#include "services/relationship/relationships/rules.h"

namespace partnerlink::relationship::relationships {
absl::Status ValidateEndRelationship(const v1::EndRelationshipRequest& request) {
  return CheckEndChange(request);
}

absl::StatusOr<v1::Relationship> EndRelationship(const CallContext& context, const Deps& deps,
                                                 const v1::EndRelationshipRequest& request) {
  return outbox::Mutate<v1::Relationship>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Relationship> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row before,
                                     LockAsCustomer(transaction, context.principal, request));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kEnd, before.relationship.state()));
        const bool revoke_grants = !request.has_revoke_grants() || request.revoke_grants();
        std::optional<Row> after = BeginEnd(transaction, before, request.reason(), revoke_grants);
        if (!after) return absl::InternalError("a locked relationship has changed its state");
        Action action = Action::kEnd;
        if (after->relationship.state() == v1::Relationship::ENDED) {
          action = Action::kFinishEnd;
          after = FinishEnd(transaction, after->id);
          if (!after) return absl::InternalError("a relationship that is over was not ended");
        }
        Record(changes, EventOf(action), request.reason(), before, *after);
        if (action == Action::kFinishEnd) EndGrantsWith(transaction, changes, *after);
        return std::move(after->relationship);
      });
}

}  // namespace partnerlink::relationship::relationships
