// How many rows of a list there are, in all and by what they share.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/postgres/transact.h"

namespace partnerlink::postgres {

// `listed` is a statement from its FROM on, with the account as $1 and the filter's parameters
// behind it. `value`, an SQL expression on its rows, is what groups share, the largest group first;
// null: no groups. Where it gives several values for a row, the row counts in each of them.
template <typename Response>
Response CountBy(Transaction& transaction, const char* value, const std::string& listed,
                 const std::string& account, const std::vector<std::string>& of_filter) {
  std::vector<std::string> parameters = {account};
  parameters.insert(parameters.end(), of_filter.begin(), of_filter.end());
  Response response;
  response.set_total_count(
      transaction.RunOnce(absl::StrCat("SELECT count(*) ", listed), parameters)[0][0]
          .template as<int32_t>());
  if (value == nullptr) return response;
  for (const pqxx::row& row : transaction.RunOnce(
           absl::StrCat("SELECT value, count(*) FROM (SELECT ", value, " AS value ", listed,
                        ") AS grouped GROUP BY value ORDER BY count(*) DESC, value"),
           parameters)) {
    auto& group = *response.add_groups();
    group.set_value(row[0].template as<std::string>());
    group.set_count(row[1].template as<int32_t>());
  }
  return response;
}

}  // namespace partnerlink::postgres
