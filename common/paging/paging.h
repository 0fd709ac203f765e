// What every list request asks of its page: how many rows, and in which order.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace partnerlink::paging {

inline constexpr int kDefaultPageSize = 50;
inline constexpr int kMaxPageSize = 500;

// 0 means kDefaultPageSize, more than kMaxPageSize means kMaxPageSize. FIELD_INVALID on `page_size`
// when negative.
absl::StatusOr<int> PageSize(int32_t requested);

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
