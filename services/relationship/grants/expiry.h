// The sweeps that go by the clock, for every partner's grants, with audit and outbox rows, in
// batches. `work_pool` is of the worker login. Readers and writers go by the clock, not by these.
#pragma once

#include "absl/status/status.h"
#include "common/postgres/pool.h"

namespace partnerlink::relationship::grants {

// What the clock has decided gets into the rows: grants whose end has come are EXPIRED or extended,
// requests that nobody answered in time LAPSED.
absl::Status SweepDue(postgres::Pool& work_pool);

// The event `grant.expiring` 30, 14, 7 and 1 days before a grant's end, each once, as far as they
// come after its start; of what was missed the nearest only. Not of grants that extend.
absl::Status SweepReminders(postgres::Pool& work_pool);

}  // namespace partnerlink::relationship::grants
