#include "services/relationship/partnerships/change.h"

#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/relationship/partnerships/events.h"
#include "services/relationship/partnerships/store.h"

namespace partnerlink::relationship::partnerships {
namespace {

// Locks in one order everywhere: the pair, its row. Only a party takes them.
absl::StatusOr<Row> LockOwn(postgres::Transaction& transaction, const Principal& caller,
                            const request::ChildName& name) {
  std::optional<Row> row = Find(transaction, name.account, name.id);
  if (!row) return NotFound();
  PARTNERLINK_RETURN_IF_ERROR(CheckParty(caller, row->partnership));
  LockPair(transaction, row->partnership.provider(), row->partnership.reseller());
  row = FindForUpdate(transaction, name.account, name.id);
  if (!row) return NotFound();
  return *std::move(row);
}

}  // namespace

absl::Status CheckChange(const request::AskedChange& change) {
  FieldViolations violations;
  if (!request::ParseChildName(change.name, "partners", "partnerships")) {
    violations.Add("name", kNameProblem);
  }
  request::CheckReason("reason", change.reason, violations);
  request::CheckRequestId(change.request_id, violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::Partnership> ChangeState(const CallContext& context, const Deps& deps,
                                            const request::AskedChange& change, Action action) {
  const auto name = request::ParseChildName(change.name, "partners", "partnerships");
  return outbox::Mutate<v1::Partnership>(
      context, deps.pool, change.request, {change.request_id},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Partnership> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row before,
                                     LockOwn(transaction, context.principal, *name));
        PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(change.etag, before.revision));
        const v1::Partnership::State state = before.partnership.state();
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(action, state));
        std::optional<Row> after =
            SetState(transaction, before, *After(action, state), change.reason);
        if (!after) return absl::InternalError("a locked partnership has changed its state");
        Record(changes, EventOf(action), &before, *after);
        return std::move(after->partnership);
      });
}

}  // namespace partnerlink::relationship::partnerships
