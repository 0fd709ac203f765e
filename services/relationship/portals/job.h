// The jobs that make relationships of portal records.
#pragma once

#include "absl/status/status.h"
#include "common/postgres/pool.h"
#include "services/relationship/deps.h"

namespace partnerlink::relationship::portals {

// Makes relationships of the records of every enrolled partner that wait, one transaction each.
// What fails is tried again by the next run, and is in no other's way, nor are many of one
// partner's in the way of another's. Runs beside itself, at other replicas. `work_pool` is of the
// worker login.
absl::Status CarryOutJobs(postgres::Pool& work_pool, const Deps& deps);

}  // namespace partnerlink::relationship::portals
