#include "services/relationship/relationships/expiry.h"

#include <vector>

#include "common/outbox/sweep.h"
#include "common/postgres/fields.h"
#include "services/relationship/relationships/ending.h"
#include "services/relationship/relationships/events.h"
#include "services/relationship/relationships/rules.h"
#include "services/relationship/relationships/store.h"

namespace partnerlink::relationship::relationships {
namespace {

constexpr char kTime[] = "time";
constexpr int kBatch = 100;

// What follows from an end that the clock has brought: each end is a chain of its own.
void RecordDue(postgres::Transaction& transaction, const Row& ended) {
  outbox::Changes changes(transaction, outbox::Worker("relationship", "sweep/ends"));
  Row before = ended;
  before.relationship.set_state(v1::Relationship::ENDING);
  before.relationship.set_etag(postgres::Etag(ended.revision - 1));
  Record(changes, EventOf(Action::kFinishEnd), kTime, before, ended);
  EndGrantsWith(transaction, changes, ended);
}

}  // namespace

void FinishDueEnd(postgres::Transaction& transaction, const std::string& id) {
  if (const std::optional<Row> ended = FinishEnd(transaction, id)) RecordDue(transaction, *ended);
}

absl::Status SweepEnds(postgres::Pool& work_pool) {
  return outbox::Sweep(work_pool, kBatch,
                       [](postgres::Transaction& transaction) -> absl::StatusOr<size_t> {
                         const std::vector<Row> rows = FinishEnds(transaction, kBatch);
                         for (const Row& row : rows) RecordDue(transaction, row);
                         return rows.size();
                       });
}

}  // namespace partnerlink::relationship::relationships
