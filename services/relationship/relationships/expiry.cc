#include "services/relationship/relationships/expiry.h"

#include <vector>

#include "absl/time/clock.h"
#include "common/outbox/change.h"
#include "common/postgres/fields.h"
#include "common/status/status.h"
#include "services/relationship/relationships/ending.h"
#include "services/relationship/relationships/events.h"
#include "services/relationship/relationships/rules.h"
#include "services/relationship/relationships/store.h"

namespace partnerlink::relationship::relationships {
namespace {

constexpr char kTime[] = "time";
constexpr int kBatch = 100;

outbox::Actor Clock() {
  outbox::Actor actor;
  actor.service = "relationship";
  actor.method = "sweep/ends";
  actor.subject = "relationship";
  return actor;
}

// What follows from an end that the clock has brought, each a change of its own.
void RecordDue(postgres::Transaction& transaction, const Row& ended) {
  outbox::Changes changes(transaction, Clock());
  Row before = ended;
  before.relationship.set_state(v1::Relationship::ENDING);
  before.relationship.set_etag(postgres::Etag(ended.revision - 1));
  Record(changes, EventOf(Action::kBecomeDue), kTime, &before, ended);
  EndGrantsWith(transaction, changes, ended);
}

}  // namespace

void FinishEndBefore(postgres::Transaction& transaction, const v1::Relationship& wanted) {
  if (const std::optional<Row> ended = FinishEndOf(transaction, wanted)) {
    RecordDue(transaction, *ended);
  }
}

absl::Status SweepEnds(postgres::Pool& work_pool) {
  while (true) {
    const postgres::Scope scope{"", absl::Now() + absl::Seconds(10)};
    PARTNERLINK_ASSIGN_OR_RETURN(
        const size_t ended,
        postgres::Transact<size_t>(
            work_pool, scope, [](postgres::Transaction& transaction) -> absl::StatusOr<size_t> {
              const std::vector<Row> rows = FinishEnds(transaction, kBatch);
              for (const Row& row : rows) RecordDue(transaction, row);
              return rows.size();
            }));
    if (ended < kBatch) return absl::OkStatus();
  }
}

}  // namespace partnerlink::relationship::relationships
