// The end of relationships that the clock brings: every reader sees it at once, here it is written.
#pragma once

#include "absl/status/status.h"
#include "common/postgres/pool.h"
#include "common/postgres/transact.h"
#include "partnerlink/relationship/v1/relationship.pb.h"

namespace partnerlink::relationship::relationships {

// Where the customer's relationship of this type and partner is over by the clock but not yet in
// its row: writes that, before a new one is made.
void FinishEndBefore(postgres::Transaction& transaction, const v1::Relationship& wanted);

// Writes what has come to its end, as a change of the clock. `work_pool` is of the worker login.
absl::Status SweepEnds(postgres::Pool& work_pool);

}  // namespace partnerlink::relationship::relationships
