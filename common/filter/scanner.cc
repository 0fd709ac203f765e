#include "common/filter/scanner.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/filter/filter.h"
#include "common/status/status.h"

namespace partnerlink::filter {
namespace {

constexpr std::array<std::string_view, 3> kKeywords = {"AND", "OR", "NOT"};

// Longer operators first: `<=` begins with `<`.
constexpr std::array<std::pair<std::string_view, Operator>, 7> kOperators = {{
    {"!=", Operator::kNotEqual},
    {"<=", Operator::kLessOrEqual},
    {">=", Operator::kGreaterOrEqual},
    {"=", Operator::kEqual},
    {"<", Operator::kLess},
    {">", Operator::kGreater},
    {":", Operator::kHas},
}};

bool IsNameCharacter(char c) { return absl::ascii_isalnum(c) || c == '_' || c == '.'; }

bool EndsBareValue(char c) {
  return std::string_view(" ()\"'\\,<>=!").find(c) != std::string_view::npos;
}

// Adds a character of a value; a `*` that turns out not to be the last is an inner one.
void Append(Value& value, char c, bool escaped) {
  if (value.open_end) {
    value.inner_star = true;
    value.open_end = false;
    value.text += '*';
  }
  if (c == '*' && !escaped) {
    value.open_end = true;
  } else {
    value.text += c;
  }
}

// The code point at `offset`, which moves behind it; false when the bytes are not UTF-8.
bool Decode(std::string_view text, size_t& offset, uint32_t& point) {
  const auto lead = static_cast<unsigned char>(text[offset++]);
  if (lead < 0x80) {
    point = lead;
    return true;
  }
  if (lead < 0xC2 || lead > 0xF4) return false;
  const int following = lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
  point = lead & (0x3Fu >> following);
  for (int i = 0; i < following; ++i) {
    if (offset == text.size() || (static_cast<unsigned char>(text[offset]) & 0xC0) != 0x80)
      return false;
    point = point << 6 | (static_cast<unsigned char>(text[offset++]) & 0x3Fu);
  }
  constexpr std::array<uint32_t, 4> kSmallest = {0, 0x80, 0x800, 0x10000};
  return point >= kSmallest[static_cast<size_t>(following)] && point <= 0x10FFFF &&
         (point < 0xD800 || point > 0xDFFF);
}

}  // namespace

absl::Status Invalid(std::string_view filter, size_t offset, std::string_view what) {
  const std::string_view before = filter.substr(0, offset);
  const auto characters = std::count_if(before.begin(), before.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  });
  FieldViolations violations;
  violations.Add("filter", absl::StrCat("at character ", characters + 1, ": ", std::string(what)));
  return violations.ToStatus(common::v1::FILTER_INVALID);
}

absl::Status CheckText(std::string_view filter) {
  int characters = 0;
  for (size_t offset = 0; offset < filter.size();) {
    const size_t start = offset;
    uint32_t point = 0;
    if (!Decode(filter, offset, point)) return Invalid(filter, start, "this is not UTF-8.");
    if (point < 0x20 || (point >= 0x7F && point < 0xA0)) {
      return Invalid(filter, start,
                     "control characters, tabs and line ends included, are not allowed.");
    }
    if (++characters > kMaxCharacters) {
      return Invalid(filter, start,
                     absl::StrCat("a filter may have at most ", kMaxCharacters, " characters."));
    }
  }
  return absl::OkStatus();
}

void Scanner::SkipSpaces() {
  while (next_ < filter_.size() && filter_[next_] == ' ') ++next_;
}

size_t Scanner::Offset() {
  SkipSpaces();
  return next_;
}

bool Scanner::AtEnd() { return Offset() == filter_.size(); }

bool Scanner::At(char expected) { return !AtEnd() && filter_[next_] == expected; }

bool Scanner::Take(char expected) {
  if (!At(expected)) return false;
  ++next_;
  return true;
}

bool Scanner::TakeKeyword(std::string_view keyword) {
  const size_t start = Offset();
  if (TakeName() == keyword) return true;
  next_ = start;
  return false;
}

bool Scanner::AtKeyword() {
  const size_t start = Offset();
  const std::string_view name = TakeName();
  next_ = start;
  return std::find(kKeywords.begin(), kKeywords.end(), name) != kKeywords.end();
}

std::string_view Scanner::TakeName() {
  const size_t start = Offset();
  if (AtEnd() || !(absl::ascii_isalpha(filter_[start]) || filter_[start] == '_')) return {};
  while (next_ < filter_.size() && IsNameCharacter(filter_[next_])) ++next_;
  return filter_.substr(start, next_ - start);
}

bool Scanner::TakeOperator(Operator& op) {
  const std::string_view rest = filter_.substr(Offset());
  for (const auto& [text, meaning] : kOperators) {
    if (!rest.starts_with(text)) continue;
    next_ += text.size();
    op = meaning;
    return true;
  }
  return false;
}

absl::StatusOr<Value> Scanner::TakeValue() {
  return At('"') || At('\'') ? TakeQuoted() : TakeBare();
}

absl::StatusOr<Value> Scanner::TakeQuoted() {
  const size_t start = next_;
  const char quote = filter_[next_++];
  Value value;
  while (next_ < filter_.size()) {
    char c = filter_[next_++];
    if (c == quote) return value;
    const bool escaped = c == '\\';
    if (escaped) {
      if (next_ == filter_.size()) break;
      c = filter_[next_++];
      if (c != '"' && c != '\'' && c != '\\' && c != '*') {
        return Invalid(filter_, next_ - 2,
                       "a backslash goes only before a quote, a backslash or `*`.");
      }
    }
    Append(value, c, escaped);
  }
  return Invalid(filter_, start, "this quote is not closed.");
}

absl::StatusOr<Value> Scanner::TakeBare() {
  const size_t start = Offset();
  Value value;
  while (next_ < filter_.size() && !EndsBareValue(filter_[next_])) {
    Append(value, filter_[next_++], /*escaped=*/false);
  }
  if (next_ == start) return Invalid(filter_, start, "a value is expected here.");
  const std::string_view word = filter_.substr(start, next_ - start);
  if (std::find(kKeywords.begin(), kKeywords.end(), word) != kKeywords.end()) {
    return Invalid(filter_, start,
                   absl::StrCat("a value is expected before ", std::string(word),
                                "; as a value it needs quotes."));
  }
  return value;
}

}  // namespace partnerlink::filter
