// The worker that hands notices to customers over to Invitation, which sends them.
#pragma once

#include "absl/status/status.h"
#include "common/postgres/pool.h"

namespace partnerlink::relationship::notices {

// Hands over what is due, each in a transaction of its own; any number of replicas at once. What is
// about a customer that Directory does not know yet waits; where the customer's contact has no mail
// address the partner's audit says so. `work_pool` is of the worker login.
absl::Status SweepNotices(postgres::Pool& work_pool);

}  // namespace partnerlink::relationship::notices
