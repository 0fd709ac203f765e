// The sweep that ends what is over.
#pragma once

#include "absl/status/status.h"
#include "common/postgres/pool.h"

namespace partnerlink::invitation::invitations {

// PENDING → EXPIRED for every partner's invitations whose time has come, with audit and outbox
// rows, in batches. `work_pool` is of the worker login. Reads and acceptance go by the clock, not
// by this.
absl::Status SweepExpired(postgres::Pool& work_pool);

}  // namespace partnerlink::invitation::invitations
