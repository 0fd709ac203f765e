// The sweep that goes by the clock, for every customer's subscriptions. Readers and writers go by
// the clock, not by this.
#pragma once

#include "absl/status/status.h"
#include "common/postgres/pool.h"

namespace partnerlink::directory::subscriptions {

// Subscriptions whose last term has ended become EXPIRED, with audit, outbox and history, in
// batches. `work_pool` is of the worker login.
absl::Status SweepExpired(postgres::Pool& work_pool);

}  // namespace partnerlink::directory::subscriptions
