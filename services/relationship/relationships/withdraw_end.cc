// A customer takes back the end of a relationship before it is over: it is again in the state that
// it was in. Whether it is over says the database's clock, once nobody else can change it.
#include "common/outbox/mutate.h"
#include "common/status/status.h"
#include "services/relationship/relationships/ending.h"
#include "services/relationship/relationships/events.h"
#include "services/relationship/relationships/handlers.h"
#include "services/relationship/relationships/rules.h"

namespace partnerlink::relationship::relationships {

absl::Status ValidateWithdrawEnd(const v1::WithdrawEndRequest& request) {
  return CheckEndChange(request);
}

absl::StatusOr<v1::Relationship> WithdrawEnd(const CallContext& context, const Deps& deps,
                                             const v1::WithdrawEndRequest& request) {
  return outbox::Mutate<v1::Relationship>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Relationship> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row before,
                                     LockAsCustomer(transaction, context.principal, request));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kWithdrawEnd, before.relationship.state()));
        std::optional<Row> after = TakeBackEnd(transaction, before, request.reason());
        // It was not over when it was read.
        if (!after) return CheckAction(Action::kWithdrawEnd, v1::Relationship::ENDED);
        Record(changes, EventOf(Action::kWithdrawEnd), request.reason(), before, *after);
        return std::move(after->relationship);
      });
}

}  // namespace partnerlink::relationship::relationships
