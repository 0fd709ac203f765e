// Work that a service does by itself, without a call: what the clock or an earlier change has left.
#pragma once

#include <cstddef>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/outbox/change.h"
#include "common/postgres/pool.h"
#include "common/postgres/transact.h"

namespace partnerlink::outbox {

// The service itself, for the audit; `method` says at what it is, as in `sweep/expiry`,
// `on_behalf_of` for which account, if for one.
Actor Worker(const std::string& service, const std::string& method,
             const std::string& on_behalf_of = "");

// Takes at most as many as Sweep's `limit` of what is due and does it, in the transaction; answers
// how many there were.
using Batch = std::function<absl::StatusOr<size_t>(postgres::Transaction&)>;

// Does batches, each in a transaction of its own of at most 10 s, until one was not full.
// `work_pool` is of the worker login.
absl::Status Sweep(postgres::Pool& work_pool, int limit, const Batch& batch);

}  // namespace partnerlink::outbox
