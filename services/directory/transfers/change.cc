#include "services/directory/transfers/change.h"

#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/directory/transfers/events.h"

namespace partnerlink::directory::transfers {

absl::StatusOr<Row> Look(postgres::Transaction& transaction, const Principal& caller,
                         const std::string& name, Action action) {
  const auto parts = request::ParseChildName(name, "partners", "transfers");
  std::optional<Row> row = Find(transaction, parts->account, parts->id);
  if (!row) return NotFound();
  PARTNERLINK_RETURN_IF_ERROR(CheckParty(caller, row->transfer));
  PARTNERLINK_RETURN_IF_ERROR(CheckDecider(caller, row->transfer, action));
  return *std::move(row);
}

absl::StatusOr<Row> OpenForChange(postgres::Transaction& transaction, const Principal& caller,
                                  const request::AskedChange& change, Action action) {
  // Only a party takes the lock; what it waits for may change everything.
  PARTNERLINK_ASSIGN_OR_RETURN(const Row seen, Look(transaction, caller, change.name, action));
  std::optional<Row> row = Find(transaction, seen.transfer.partner(), seen.id, Lock::kForUpdate);
  if (!row) return NotFound();
  PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(change.etag, row->revision));
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(action, row->transfer.state()));
  return *std::move(row);
}

absl::StatusOr<Row> Written(postgres::Transaction& transaction, const Row& before, Action action,
                            std::optional<Row> after) {
  if (after) return *std::move(after);
  const std::optional<Row> now = Find(transaction, before.transfer.partner(), before.id);
  if (now) PARTNERLINK_RETURN_IF_ERROR(CheckAction(action, now->transfer.state()));
  return absl::InternalError("a locked transfer was not changed");
}

absl::Status CheckChange(const request::AskedChange& change) {
  FieldViolations violations;
  if (!request::ParseChildName(change.name, "partners", "transfers")) {
    violations.Add("name", kNameProblem);
  }
  request::CheckReason("reason", change.reason, violations);
  request::CheckRequestId(change.request_id, violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::Transfer> Close(const CallContext& context, const Deps& deps,
                                   const request::AskedChange& change, Action action) {
  return outbox::Mutate<v1::Transfer>(
      context, deps.pool, change.request, {change.request_id},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Transfer> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row before,
                                     OpenForChange(transaction, context.principal, change, action));
        PARTNERLINK_ASSIGN_OR_RETURN(
            Row after, Written(transaction, before, action,
                               SetState(transaction, before,
                                        *After(action, before.transfer.state()), change.reason)));
        Record(changes, &before, after);
        return std::move(after.transfer);
      });
}

}  // namespace partnerlink::directory::transfers
