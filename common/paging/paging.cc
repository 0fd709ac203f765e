#include "common/paging/paging.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "common/request/request.h"
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

std::optional<Parent> ParseParent(std::string_view parent,
                                  absl::Span<const std::string_view> collections) {
  for (const std::string_view collection : collections) {
    const std::string column(collection.substr(0, collection.size() - 1));
    if (parent == absl::StrCat(std::string(collection), "/-")) return Parent{column, ""};
    if (request::IsAccountName(parent, std::string(collection))) {
      return Parent{column, std::string(parent)};
    }
  }
  return std::nullopt;
}

absl::Status CheckList(std::string_view parent, absl::Span<const std::string_view> collections,
                       int32_t page_size) {
  FieldViolations violations;
  if (!ParseParent(parent, collections)) {
    const auto form = [](std::string* out, std::string_view collection) {
      out->append(collection).append("/{id}");
    };
    violations.Add("parent",
                   absl::StrCat("is not of the form ", absl::StrJoin(collections, " or ", form)));
  }
  if (page_size < 0) violations.Add("page_size", "must not be negative");
  return violations.ToStatus();
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
