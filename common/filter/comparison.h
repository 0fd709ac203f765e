// One comparison of a filter as a condition of SQL.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/filter/filter.h"
#include "common/filter/scanner.h"

namespace partnerlink::filter {

// What a comparison becomes; `parameter` is what `$placeholder` stands for in `sql`.
struct Condition {
  std::string sql;
  std::optional<std::string> parameter;
};

// INVALID_ARGUMENT with what is wrong, without the place, when the field's type lacks the operator.
absl::Status CheckOperator(const Field& field, Operator op);

// INVALID_ARGUMENT with what is wrong, without the place, when the field does not take the value.
// CheckOperator has accepted `op`.
absl::StatusOr<Condition> Compare(const Field& field, Operator op, const Value& value,
                                  int placeholder);

}  // namespace partnerlink::filter
