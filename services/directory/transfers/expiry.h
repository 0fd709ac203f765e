// The sweep that goes by the clock, for every partner's transfers. Readers and writers go by the
// clock, not by this.
#pragma once

#include "absl/status/status.h"
#include "common/postgres/pool.h"

namespace partnerlink::directory::transfers {

// Transfers that nobody has answered in time become EXPIRED, with audit and outbox rows, in
// batches. `work_pool` is of the worker login.
absl::Status SweepExpired(postgres::Pool& work_pool);

}  // namespace partnerlink::directory::transfers
