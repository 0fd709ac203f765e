// What the lists of relationships and of grants share: whose rows they hold, the newest first.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/filter/filter.h"
#include "google/protobuf/timestamp.pb.h"

namespace partnerlink::relationship {

// Whose rows a list asks for.
struct ListParent {
  enum class Side { kPartner, kCustomer };
  Side side = Side::kPartner;
  std::string account;  // empty: everybody's
};

// Of `partners/{id}`, `customers/{id}`, `partners/-` or `customers/-`; none for anything else.
std::optional<ListParent> ParseListParent(std::string_view parent);

// The sort key of a list's row.
struct ListPosition {
  std::string create_micros;
  std::string id;
};

ListPosition PositionOf(const google::protobuf::Timestamp& create_time, const std::string& id);

// The first parameter that a page leaves to the filter.
inline constexpr int kPageFirstFilterParameter = 5;

// The end of a statement, from WHERE on, and all of its parameters.
struct Page {
  std::string sql;
  std::vector<std::string> parameters;
};

// At most `limit` rows of a table that has partner, customer, create_time and id and that the
// statement calls `alias`.
Page NewestFirst(const std::string& alias, const ListParent& parent, const filter::Clause& filter,
                 const std::optional<ListPosition>& after, int limit);

}  // namespace partnerlink::relationship
