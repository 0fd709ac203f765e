#include "services/relationship/grants/change.h"

#include "common/access/store.h"
#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/relationship/grants/events.h"

namespace partnerlink::relationship::grants {
namespace {

std::optional<Row> Write(postgres::Transaction& transaction, const Row& row, Action action,
                         const std::string& cause) {
  return action == Action::kTerminate
             ? Terminate(transaction, row, cause)
             : CloseRequest(transaction, row, *After(action, row.grant.state()), cause);
}

}  // namespace

absl::Status CheckNamed(std::string_view name, std::string_view request_id,
                        FieldViolations violations) {
  if (!request::ParseChildName(name, "partners", "grants")) violations.Add("name", kNameProblem);
  request::CheckRequestId(request_id, violations);
  return violations.ToStatus();
}

absl::StatusOr<Row> Look(postgres::Transaction& transaction, const Principal& caller,
                         const std::string& name) {
  const auto parts = request::ParseChildName(name, "partners", "grants");
  std::optional<Row> row = Find(transaction, parts->account, parts->id);
  if (!row) return NotFound();
  PARTNERLINK_RETURN_IF_ERROR(CheckReader(caller, row->grant));
  return *std::move(row);
}

absl::StatusOr<Row> OpenForChange(postgres::Transaction& transaction, const Principal& caller,
                                  const std::string& name, const std::string& etag, Action action) {
  // Only a party takes the lock; what it waits for may change everything.
  PARTNERLINK_ASSIGN_OR_RETURN(const Row seen, Look(transaction, caller, name));
  LockRow(transaction, seen.grant.partner(), seen.id);
  PARTNERLINK_ASSIGN_OR_RETURN(Row row, Look(transaction, caller, name));
  PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(etag, row.revision));
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(action, row.grant.state()));
  return row;
}

absl::StatusOr<Row> Written(postgres::Transaction& transaction, const Row& before, Action action,
                            std::optional<Row> after) {
  if (after) return *std::move(after);
  const std::optional<Row> now = Find(transaction, before.grant.partner(), before.id);
  if (now) PARTNERLINK_RETURN_IF_ERROR(CheckAction(action, now->grant.state()));
  return absl::InternalError("a locked grant was not changed");
}

absl::Status CheckChange(const request::AskedChange& change) {
  FieldViolations violations;
  request::CheckReason("reason", change.reason, violations);
  return CheckNamed(change.name, change.request_id, std::move(violations));
}

absl::StatusOr<v1::Grant> End(const CallContext& context, const Deps& deps,
                              const request::AskedChange& change, Action action) {
  return outbox::Mutate<v1::Grant>(
      context, deps.pool, change.request, {change.request_id},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Grant> {
        PARTNERLINK_ASSIGN_OR_RETURN(
            const Row before,
            OpenForChange(transaction, context.principal, change.name, change.etag, action));
        PARTNERLINK_ASSIGN_OR_RETURN(Row after,
                                     Written(transaction, before, action,
                                             Write(transaction, before, action, change.reason)));
        Record(changes, EventOf(action), &before, &after, change.reason);
        return std::move(after.grant);
      });
}

absl::Status HoldRelationship(postgres::Transaction& transaction, const Principal& partner,
                              const v1::Grant& draft) {
  // What was chosen without its lock is chosen once more behind it.
  std::string held;
  while (true) {
    PARTNERLINK_ASSIGN_OR_RETURN(
        std::string chosen,
        ChooseRelationship(partner, draft,
                           partnerlink::access::FindFacts(transaction, partner, draft.customer())));
    if (chosen == held) return absl::OkStatus();
    partnerlink::access::ShareEdge(transaction, chosen);
    held = std::move(chosen);
  }
}

absl::Status CheckRenews(postgres::Transaction& transaction, const Principal& caller,
                         const v1::Grant& draft) {
  if (draft.renews().empty()) return absl::OkStatus();
  PARTNERLINK_ASSIGN_OR_RETURN(const Row renewed, Look(transaction, caller, draft.renews()));
  return CheckRenewal(draft, renewed.grant,
                      FindRenewal(transaction, renewed.grant.partner(), renewed.id));
}

}  // namespace partnerlink::relationship::grants
