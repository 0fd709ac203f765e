// The end of relationships that the clock brings: every reader sees it at once, here it is written.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/postgres/pool.h"
#include "common/postgres/transact.h"

namespace partnerlink::relationship::relationships {

// Where the relationship of that id is over by the clock but not yet in its row: writes that,
// before a new one is made.
void FinishDueEnd(postgres::Transaction& transaction, const std::string& id);

// Writes what has come to its end, as a change of the clock. `work_pool` is of the worker login.
absl::Status SweepEnds(postgres::Pool& work_pool);

}  // namespace partnerlink::relationship::relationships
