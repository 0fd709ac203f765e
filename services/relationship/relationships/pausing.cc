#include "services/relationship/relationships/pausing.h"

#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/relationship/relationships/events.h"
#include "services/relationship/relationships/store.h"

namespace partnerlink::relationship::relationships {
namespace {

// Only who may pause it takes its locks.
absl::StatusOr<Row> LockToPause(postgres::Transaction& transaction, const Principal& caller,
                                const std::string& id) {
  OpenToProvider(transaction, id);
  std::optional<Row> row = Find(transaction, id);
  if (!row) return NotFound();
  const bool is_through =
      caller.family == AccountFamily::kPartner && CameThrough(transaction, caller.account, id);
  PARTNERLINK_RETURN_IF_ERROR(CheckPauser(caller, row->relationship, is_through));
  row = Lock(transaction, id);
  if (!row) return NotFound();
  return *std::move(row);
}

}  // namespace

absl::Status CheckPause(const request::AskedChange& change) {
  FieldViolations violations;
  if (!ParseName(change.name)) violations.Add("name", kNameProblem);
  if (change.reason.empty()) violations.Add("reason", "is needed");
  request::CheckReason("reason", change.reason, violations);
  request::CheckRequestId(change.request_id, violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::Relationship> ChangePause(const CallContext& context, const Deps& deps,
                                             const request::AskedChange& change, Action action) {
  const std::string id = *ParseName(change.name);
  return outbox::Mutate<v1::Relationship>(
      context, deps.pool, change.request, {change.request_id},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Relationship> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row before,
                                     LockToPause(transaction, context.principal, id));
        PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(change.etag, before.revision));
        const v1::Relationship::State state = before.relationship.state();
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(action, state));
        std::optional<Row> after =
            SetState(transaction, before, *After(action, state), change.reason);
        if (!after) return absl::InternalError("a locked relationship has changed its state");
        Record(changes, EventOf(action), change.reason, before, *after);
        return std::move(after->relationship);
      });
}

}  // namespace partnerlink::relationship::relationships
