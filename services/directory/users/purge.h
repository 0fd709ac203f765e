// The sweep that deletes users for good, for every customer's, with audit and outbox rows, in
// batches. Readers and writers go by the clock, not by this.
#pragma once

#include "absl/status/status.h"
#include "common/postgres/pool.h"

namespace partnerlink::directory::users {

// Purges the deleted users whose purge_time has come. `work_pool` is of the worker login.
absl::Status PurgeDeleted(postgres::Pool& work_pool);

}  // namespace partnerlink::directory::users
