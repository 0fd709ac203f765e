// Compares every partner's list with a rebuild from the relationships, while the suite serves: some
// ten thousand rows at a time, each portion at one moment of both services. What Relationship is
// about to tell Directory is no difference.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/postgres/pool.h"
#include "services/directory/rebuild/store.h"

namespace partnerlink::directory::rebuild {

// What a comparison has come to.
struct Findings {
  Extent extent;
  std::map<std::string, int64_t> by_kind;  // of the differences
  int64_t under_way = 0;                   // edges that Relationship is about to tell of
  Owed owed;

  int64_t differences() const;
};

// Takes what was found of a portion, customer by customer; those under way are not among it.
using Visit = std::function<absl::Status(const std::vector<Difference>&)>;

// About so many rows of each table are compared at a time.
inline constexpr int kPortion = 10'000;

// Visits what differs in each portion that differs, in the order of the customers' names. `pool` is
// of the login `rebuilder`; no transaction is open during a visit.
absl::StatusOr<Findings> Compare(postgres::Pool& pool, const Visit& visit, int portion = kPortion);

}  // namespace partnerlink::directory::rebuild
