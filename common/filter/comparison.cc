#include "common/filter/comparison.h"

#include <algorithm>
#include <cstdint>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "common/status/status.h"

namespace partnerlink::filter {
namespace {

// Abseil, as packaged, has a string_view of its own.
absl::string_view ToAbsl(std::string_view text) { return {text.data(), text.size()}; }

bool IsOrdered(Type type) { return type == Type::kTime || type == Type::kInteger; }

bool IsText(Type type) { return type == Type::kText || type == Type::kFoldedText; }

// NULL is not equal to any value, so that `a != b` finds what `NOT a = b` finds.
const char* SqlOperator(Operator op) {
  switch (op) {
    case Operator::kNotEqual:
      return " IS DISTINCT FROM ";
    case Operator::kLess:
      return " < ";
    case Operator::kLessOrEqual:
      return " <= ";
    case Operator::kGreater:
      return " > ";
    case Operator::kGreaterOrEqual:
      return " >= ";
    default:
      return " = ";
  }
}

int Characters(std::string_view text) {
  return static_cast<int>(std::count_if(text.begin(), text.end(), [](char c) {
    return (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  }));
}

// Folding turns the wide and small forms into the plain ones, so they need the backslash too.
std::string EscapeLike(std::string_view text) {
  static const auto* kEscapes = new std::vector<std::pair<std::string, std::string>>([] {
    std::vector<std::pair<std::string, std::string>> escapes;
    for (const char* special :
         {"\\", "%", "_", "∖", "﹨", "＼", "﹪", "％", "＿", "︳", "︴", "﹍", "﹎", "﹏"}) {
      escapes.emplace_back(special, absl::StrCat("\\", special));
    }
    return escapes;
  }());
  return absl::StrReplaceAll(ToAbsl(text), *kEscapes);
}

absl::Status Wrong(const Field& field, const std::string& what) {
  return absl::InvalidArgumentError(absl::StrCat(ToAbsl(field.name), " ", what));
}

std::string TextOperand(const Field& field, int placeholder) {
  if (field.type == Type::kFoldedText) return absl::StrCat("common.fold($", placeholder, "::text)");
  return absl::StrCat("$", placeholder, "::text");
}

// What the field's beginning is compared with.
std::string BeginningOperand(const Field& field, int placeholder) {
  return absl::StrCat("left(", TextOperand(field, placeholder), ", ", field.beginning->characters,
                      ")");
}

// No text of so many characters that begins with the operand is behind it with as many of the last
// character.
std::string BeginsWith(const Field& field, int placeholder) {
  const absl::string_view column = ToAbsl(field.beginning->sql);
  const std::string operand = BeginningOperand(field, placeholder);
  return absl::StrCat(column, " >= ", operand, " AND ", column, " <= ", operand,
                      " || repeat(chr(1114111), ", field.beginning->characters, ")");
}

absl::StatusOr<Condition> Like(const Field& field, Operator op, const Value& value,
                               int placeholder) {
  const bool infix = op == Operator::kHas && field.contains;
  if (infix && Characters(value.text) < kMinInfixCharacters) {
    return Wrong(field, absl::StrCat("finds text inside from ", kMinInfixCharacters,
                                     " characters on; use = for the whole text."));
  }
  Condition condition{absl::StrCat(ToAbsl(field.sql), " LIKE ", infix ? "'%' || " : "",
                                   TextOperand(field, placeholder), " || '%'"),
                      {EscapeLike(value.text)},
                      infix};
  if (!infix && field.beginning) {
    condition.sql = absl::StrCat("(", BeginsWith(field, placeholder + 1), " AND ",
                                 std::move(condition.sql), ")");
    condition.parameters.push_back(value.text);
  }
  if (op == Operator::kNotEqual) {
    condition.sql = absl::StrCat("((", condition.sql, ") IS NOT TRUE)");
  } else if (field.type == Type::kFoldedText) {
    condition.match = {field.name, infix ? Match::kInside : Match::kBeginning,
                       infix ? condition.parameters.front() : value.text};
  }
  return condition;
}

absl::StatusOr<Condition> CompareText(const Field& field, Operator op, const Value& value,
                                      int placeholder) {
  if (value.inner_star) {
    return Wrong(field, R"(takes `*` only as the last character; "\*" is the character itself.)");
  }
  if (op == Operator::kHas && field.contains) {
    if (!value.open_end) return Like(field, op, value, placeholder);
    return Wrong(field, R"(needs no `*` after `:`; "\*" is the character itself.)");
  }
  if (value.open_end) {
    if (field.prefix) return Like(field, op, value, placeholder);
    return Wrong(field, R"(takes no `*`; "\*" is the character itself.)");
  }
  const std::string column = value.text.empty()
                                 ? absl::StrCat("coalesce(", ToAbsl(field.sql), ", '')")
                                 : std::string(field.sql);
  Condition condition{absl::StrCat(column, SqlOperator(op), TextOperand(field, placeholder)),
                      {value.text}};
  if (op == Operator::kNotEqual) return condition;
  if (field.beginning) {
    condition.sql = absl::StrCat("(", ToAbsl(field.beginning->sql), " = ",
                                 BeginningOperand(field, placeholder), " AND ", condition.sql, ")");
  }
  if (field.type == Type::kFoldedText) {
    condition.match = {field.name, Match::kWhole, value.text};
  }
  return condition;
}

absl::StatusOr<std::string> EnumValue(const Field& field, std::string_view text) {
  for (const auto& [word, stored] : field.values) {
    if (word == text) return std::string(stored.empty() ? word : stored);
  }
  return Wrong(field, absl::StrCat("takes one of ",
                                   absl::StrJoin(field.values, ", ",
                                                 [](std::string* out, const auto& value) {
                                                   out->append(value.first);
                                                 }),
                                   "."));
}

absl::StatusOr<std::string> TimeValue(const Field& field, std::string_view text) {
  static const absl::Time kFirst = absl::FromCivil(absl::CivilSecond(1), absl::UTCTimeZone());
  static const absl::Time kEnd = absl::FromCivil(absl::CivilSecond(10000), absl::UTCTimeZone());
  absl::Time time;
  // ParseTime alone also takes spaces around the time and words such as `infinite-future`.
  if (text.empty() || !absl::ascii_isdigit(text.front()) || absl::ascii_isspace(text.back()) ||
      !absl::ParseTime(absl::RFC3339_full, ToAbsl(text), &time, nullptr)) {
    return Wrong(field, "takes a time of RFC 3339, such as 2026-01-31T10:00:00Z.");
  }
  if (time < kFirst || time >= kEnd) return Wrong(field, "takes times of the years 1 to 9999.");
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%E6SZ", time, absl::UTCTimeZone());
}

absl::StatusOr<std::string> IntegerValue(const Field& field, std::string_view text) {
  const std::string_view digits = text.substr(!text.empty() && text.front() == '-' ? 1 : 0);
  int64_t number = 0;
  if (!std::all_of(digits.begin(), digits.end(), absl::ascii_isdigit) ||
      !absl::SimpleAtoi(ToAbsl(text), &number)) {
    return Wrong(field, "takes a whole number of 64 bits.");
  }
  return absl::StrCat(number);
}

absl::StatusOr<std::string> BooleanValue(const Field& field, std::string_view text) {
  if (text == "true" || text == "false") return std::string(text);
  return Wrong(field, "takes true or false.");
}

absl::StatusOr<std::string> StoredValue(const Field& field, std::string_view text) {
  switch (field.type) {
    case Type::kEnum:
    case Type::kEnumSet:
      return EnumValue(field, text);
    case Type::kTime:
      return TimeValue(field, text);
    case Type::kInteger:
      return IntegerValue(field, text);
    default:
      return BooleanValue(field, text);
  }
}

const char* SqlType(Type type) {
  switch (type) {
    case Type::kTime:
      return "timestamptz";
    case Type::kInteger:
      return "bigint";
    case Type::kBoolean:
      return "boolean";
    default:
      return "text";
  }
}

std::string IsMember(const Field& field, Operator op, int placeholder) {
  const std::string sql =
      absl::StrCat("($", placeholder, "::text = ANY (", ToAbsl(field.sql), "))");
  return op == Operator::kNotEqual ? absl::StrCat("(", sql, " IS NOT TRUE)") : sql;
}

absl::StatusOr<Condition> HasKey(const Field& field, Operator op, const Value& value,
                                 int placeholder) {
  if (op != Operator::kHas) {
    return Wrong(field, absl::StrCat("is asked by its key, as in ", ToAbsl(field.name),
                                     R"(."key" = "value".)"));
  }
  return Condition{
      absl::StrCat("(", ToAbsl(field.sql), " -> $", placeholder, "::text) IS NOT NULL"),
      {value.text}};
}

std::string IsElsewhere(const Field& field, Operator op, int placeholder) {
  const std::string sql =
      absl::StrReplaceAll(ToAbsl(field.sql), {{"$", absl::StrCat("$", placeholder, "::text")}});
  return op == Operator::kNotEqual ? absl::StrCat("(NOT (", sql, "))")
                                   : absl::StrCat("(", sql, ")");
}

}  // namespace

absl::Status CheckOperator(const Field& field, Operator op) {
  if (op == Operator::kEqual || op == Operator::kNotEqual || op == Operator::kHas ||
      IsOrdered(field.type)) {
    return absl::OkStatus();
  }
  return Wrong(field, "takes only =, != and `:`.");
}

absl::StatusOr<Condition> Compare(const Field& field, Operator op, const Value& value,
                                  int placeholder) {
  if (field.type == Type::kMap && (value.open_end || value.inner_star)) {
    return Wrong(field, R"(takes no `*`; "\*" is the character itself.)");
  }
  if (field.type == Type::kMap) return HasKey(field, op, value, placeholder);
  const bool is_elsewhere = field.type == Type::kElsewhere;
  if (op == Operator::kHas && value.open_end && value.text.empty() && !is_elsewhere) {
    if (field.type == Type::kEnumSet)
      return Condition{absl::StrCat("cardinality(", ToAbsl(field.sql), ") > 0"), {}};
    if (!IsText(field.type)) return Condition{absl::StrCat(ToAbsl(field.sql), " IS NOT NULL"), {}};
    return Condition{absl::StrCat("coalesce(", ToAbsl(field.sql), ", '') <> ''"), {}};
  }
  if (IsText(field.type)) return CompareText(field, op, value, placeholder);
  if (value.open_end || value.inner_star) return Wrong(field, "takes no `*`.");
  if (is_elsewhere) {
    return Condition{IsElsewhere(field, op, placeholder),
                     {field.normal != nullptr ? field.normal(value.text) : value.text}};
  }
  PARTNERLINK_ASSIGN_OR_RETURN(std::string stored, StoredValue(field, value.text));
  if (field.type == Type::kEnumSet) {
    return Condition{IsMember(field, op, placeholder), {std::move(stored)}};
  }
  return Condition{
      absl::StrCat(ToAbsl(field.sql), SqlOperator(op), "$", placeholder, "::", SqlType(field.type)),
      {std::move(stored)}};
}

absl::StatusOr<Condition> CompareKey(const Field& field, const std::string& key, Operator op,
                                     const Value& value, int placeholder) {
  const std::string held = absl::StrCat("(", ToAbsl(field.sql), " ->> $", placeholder, "::text)");
  if (op == Operator::kHas && value.open_end && value.text.empty()) {
    return Condition{absl::StrCat(held, " IS NOT NULL"), {key}};
  }
  Field of_key{.name = field.name, .type = Type::kText, .sql = held};
  PARTNERLINK_ASSIGN_OR_RETURN(Condition condition,
                               CompareText(of_key, op, value, placeholder + 1));
  condition.parameters.insert(condition.parameters.begin(), key);
  return condition;
}

}  // namespace partnerlink::filter
