// Reads the words of a filter from left to right.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace partnerlink::filter {

enum class Operator { kEqual, kNotEqual, kLess, kLessOrEqual, kGreater, kGreaterOrEqual, kHas };

// The right side of a comparison, without quotes and escapes.
struct Value {
  std::string text;
  bool open_end = false;    // a `*` ended it; `text` is without
  bool inner_star = false;  // a `*` that is neither escaped nor at the end
};

// FILTER_INVALID at the byte `offset` of `filter`, told as a character counted from 1.
absl::Status Invalid(std::string_view filter, size_t offset, std::string_view what);

// Refuses what is too long, not UTF-8, or holds a control character.
absl::Status CheckText(std::string_view filter);

// Every member skips spaces first. Holds a view of `filter`, which CheckText has accepted.
class Scanner {
 public:
  explicit Scanner(std::string_view filter) : filter_(filter) {}

  // Where the next word begins.
  size_t Offset();
  bool AtEnd();
  bool At(char expected);
  // Consume it when it comes next.
  bool Take(char expected);
  bool TakeKeyword(std::string_view keyword);
  // AND, OR or NOT comes next.
  bool AtKeyword();
  // A field with its dots; empty when none comes next.
  std::string_view TakeName();
  // False when no operator comes next.
  bool TakeOperator(Operator& op);
  // Refuses when no value comes next, or its quotes or escapes are wrong.
  absl::StatusOr<Value> TakeValue();

 private:
  void SkipSpaces();
  absl::StatusOr<Value> TakeQuoted();
  absl::StatusOr<Value> TakeBare();

  std::string_view filter_;
  size_t next_ = 0;
};

}  // namespace partnerlink::filter
