// One comparison of a filter as a condition of SQL.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/filter/filter.h"
#include "common/filter/scanner.h"

namespace partnerlink::filter {

// What a comparison becomes; `parameters` are what `$placeholder` and those that follow it stand
// for in `sql`.
struct Condition {
  std::string sql;
  std::vector<std::string> parameters;
  // The parameter, escaped for LIKE, is inside what the field of each admitted row holds.
  bool is_inside = false;
  // Of a kFoldedText field, unless it says that something is not so.
  std::optional<TextMatch> match = std::nullopt;
};

// INVALID_ARGUMENT with what is wrong, without the place, when the field's type lacks the operator.
absl::Status CheckOperator(const Field& field, Operator op);

// INVALID_ARGUMENT with what is wrong, without the place, when the field does not take the value.
// CheckOperator has accepted `op`.
absl::StatusOr<Condition> Compare(const Field& field, Operator op, const Value& value,
                                  int placeholder);

// The same of what a kMap field has under the key.
absl::StatusOr<Condition> CompareKey(const Field& field, const std::string& key, Operator op,
                                     const Value& value, int placeholder);

}  // namespace partnerlink::filter
