// What a partner's removal of a relationship leaves to be done by the partner's policies: grants
// are revoked, the customer is told. Whoever removes has no part in it.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "common/postgres/pool.h"
#include "common/postgres/transact.h"

namespace partnerlink::relationship::removals {

// The event whose delivery is a QueueNotice of Invitation.
inline constexpr char kNoticeEvent[] = "relationship.removal_notified";

// Does what is due, each in a transaction of its own; any number of replicas at once. `work_pool`
// is of the worker login.
absl::Status SweepRemovalDuties(postgres::Pool& work_pool);

}  // namespace partnerlink::relationship::removals
