#include "common/paging/paging.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"

namespace partnerlink::paging {

absl::StatusOr<int> PageSize(int32_t requested) {
  if (requested < 0) {
    FieldViolations violations;
    violations.Add("page_size", "must not be negative.");
    return violations.ToStatus();
  }
  return requested == 0 ? kDefaultPageSize : std::min<int>(requested, kMaxPageSize);
}

absl::StatusOr<Order> ParseOrder(std::string_view order_by,
                                 absl::Span<const std::string_view> allowed, Order fallback) {
  const std::vector<std::string> words =
      absl::StrSplit(std::string(order_by), ' ', absl::SkipEmpty());
  if (words.empty()) return fallback;
  const bool known = std::find(allowed.begin(), allowed.end(), words[0]) != allowed.end();
  const bool directed = words.size() == 2 && (words[1] == "asc" || words[1] == "desc");
  if (!known || !(words.size() == 1 || directed)) {
    FieldViolations violations;
    violations.Add("order_by",
                   absl::StrCat("takes one of ",
                                absl::StrJoin(allowed, ", ",
                                              [](std::string* out, std::string_view field) {
                                                out->append(field);
                                              }),
                                ", alone or followed by asc or desc."));
    return violations.ToStatus();
  }
  return Order{words[0], directed && words[1] == "desc"};
}

}  // namespace partnerlink::paging
