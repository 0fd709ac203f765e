// Whether a service may serve on this database: its schema fits, and its login is behind the walls.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/postgres/pool.h"

namespace partnerlink::postgres {

// What a service needs of the database.
struct Requirements {
  std::string schema;                // the service's own
  std::vector<std::string> changes;  // `project:change`, as sqitch records them
};

// OK, or why not, in words for the log and the health answer: the database does not answer, changes
// are missing, the login could bypass row-level security or owns what it must not own, or a table
// of the schema has no forced row-level security.
absl::Status CheckReadiness(Pool& pool, const Requirements& requirements);

}  // namespace partnerlink::postgres
