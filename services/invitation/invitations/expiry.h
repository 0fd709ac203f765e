// What the clock does to invitations: the sweeps, and what a call meets before them.
#pragma once

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/outbox/change.h"
#include "common/postgres/pool.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::invitations {

// AWAITING_PROVIDER, PENDING → EXPIRED for every partner's invitations whose time has come, with
// audit and outbox rows, in batches. `work_pool` is of the worker login. Reads and acceptance go by
// the clock, not by this.
absl::Status SweepExpired(postgres::Pool& work_pool);

// The event `invitation.expiring` for those whose time will come within `ahead`, whole seconds,
// once per generation; not for those that were given no more time than that in the first place.
absl::Status SweepReminders(postgres::Pool& work_pool, absl::Duration ahead);

// What the sweep has not come to yet of this invitation and of those that are equal to it, so that
// it does not block an issue. As the sweep's work, not the caller's whose call has met it.
void RecordExpiredInTheWay(postgres::Transaction& transaction, const outbox::Actor& caller,
                           const Row& row);

}  // namespace partnerlink::invitation::invitations
