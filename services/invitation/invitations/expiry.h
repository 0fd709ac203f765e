// The sweeps that go by the clock.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/postgres/pool.h"

namespace partnerlink::invitation::invitations {

// AWAITING_PROVIDER, PENDING → EXPIRED for every partner's invitations whose time has come, with
// audit and outbox rows, in batches. `work_pool` is of the worker login. Reads and acceptance go by
// the clock, not by this.
absl::Status SweepExpired(postgres::Pool& work_pool);

// The event `invitation.expiring` for those whose time will come within `ahead`, whole seconds,
// once per generation; not for those that were given no more time than that in the first place.
absl::Status SweepReminders(postgres::Pool& work_pool, absl::Duration ahead);

}  // namespace partnerlink::invitation::invitations
