// What a partner's policy `on_removal` makes of its grants after it has removed a relationship.
#pragma once

#include "absl/status/status.h"
#include "common/postgres/pool.h"

namespace partnerlink::relationship::removals {

// Revokes what is due, each in a transaction of its own; any number of replicas at once.
// `work_pool` is of the worker login.
absl::Status SweepRevocations(postgres::Pool& work_pool);

}  // namespace partnerlink::relationship::removals
