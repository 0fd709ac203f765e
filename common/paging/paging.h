// What every list request asks of its page: whose rows, how many, and in which order.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace partnerlink::paging {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 500;

// 0 means kDefaultPageSize, more than kMaxPageSize means kMaxPageSize. FIELD_INVALID on `page_size`
// when negative.
absl::StatusOr<int> PageSize(int32_t requested);

// Whose rows a list holds.
struct Parent {
  std::string column;   // where the tables have the account: `partner` of `partners/{id}`
  std::string account;  // empty: everybody's
};

// Of `{collection}/{id}` or `{collection}/-` of one of the collections of accounts; none for
// anything else.
std::optional<Parent> ParseParent(std::string_view parent,
                                  absl::Span<const std::string_view> collections);

// FIELD_INVALID with a violation of `parent` where ParseParent finds none, and of `page_size` when
// it is negative.
absl::Status CheckList(std::string_view parent, absl::Span<const std::string_view> collections,
                       int32_t page_size);

// The order of a list.
struct Order {
  std::string field;  // one of the allowed
  bool descending = false;
};

// One field, with ` asc` or ` desc` after it or nothing, which is ascending; `fallback` when
// `order_by` is empty. FIELD_INVALID on `order_by` for anything else.
absl::StatusOr<Order> ParseOrder(std::string_view order_by,
                                 absl::Span<const std::string_view> allowed, Order fallback);

}  // namespace partnerlink::paging
