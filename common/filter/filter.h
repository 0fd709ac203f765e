// The `filter` of list requests: a subset of AIP-160, compiled to a condition of SQL with bound
// parameters.
//
//   state = PENDING AND (customer_hint.domain = "acme.example" OR NOT channel:*)
//   display_name = "Acme*" create_time >= 2026-01-31T10:00:00Z
//
// - AND, OR, NOT (also `-`) in capitals, parentheses; OR binds tighter than AND; comparisons side
// by
//   side are joined by AND.
// - Each comparison is `field op value`, op one of = != < <= > >= `:`. A value is a bare word, or
// in
//   double or single quotes, where a backslash goes before a quote, a backslash or `*`.
// - `field = "text*"` matches the beginning; `field:*` matches where the field is set; `:` is `=`
//   where the list does not say that it finds text inside.
// - A field that is not set (NULL) equals only the empty text; `!=` and NOT match it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"

namespace partnerlink::filter {

inline constexpr int kMaxCharacters = 2000;  // code points
inline constexpr int kMaxDepth = 8;          // parentheses within parentheses
inline constexpr int kMinInfixCharacters = 3;

// What a field holds decides its operators and the form of its values.
enum class Type {
  kText,        // = != `:`; compared exactly
  kFoldedText,  // the same; the column holds common.fold(…), the value is folded by the database
  kEnum,        // = != `:`; one of `values`
  kEnumSet,     // the same; the column, a text[], is equal to each of its members
  kTime,     // all operators; RFC 3339 with seconds and zone, years 1 to 9999, to the microsecond
  kInteger,  // all operators; 64 bits
  kBoolean,  // = != `:`; true or false
  // Texts by key, a jsonb object: `field:key` where it has the key; `field.key` with = != `:` is
  // what it has there, not set without the key. A key that is not made of letters, digits, `_` and
  // `.` is quoted: `field."key"`.
  kMap,
  kElsewhere,  // = != `:`; what the row has in another table: see `sql`
};

// A column, never NULL and in collation "C", that holds the first characters of what a kFoldedText
// field holds.
struct Beginning {
  std::string_view sql;
  int characters = 0;
};

// A field that a list can be filtered by.
struct Field {
  std::string_view name;  // as the caller writes it, such as `customer_hint.domain`
  Type type;
  // The column, as an operand: in parentheses unless it is a name or a call. Of the type text for
  // kText, kFoldedText and kEnum. kElsewhere: a condition that is never NULL, with `$` for the
  // value, a text. Never made of request data.
  std::string_view sql;
  // kEnum, kEnumSet: the words, each with what the column holds for it; empty: the word itself.
  std::vector<std::pair<std::string_view, std::string_view>> values = {};
  bool prefix = false;    // text: a `*` may end the value
  bool contains = false;  // text: `:` finds the value inside, from kMinInfixCharacters on
  // kElsewhere: makes of a value what is stored for it; none: the value itself.
  std::string (*normal)(std::string_view) = nullptr;
  // Of a kFoldedText field: whole texts and prefixes are compared with it, too. An index has it in
  // order, and row-level security lets such comparisons come near an index, but no LIKE.
  std::optional<Beginning> beginning = std::nullopt;
};

// How one text is compared with a kFoldedText field.
enum class Match { kWhole, kBeginning, kInside };

// A comparison of a kFoldedText field.
struct TextMatch {
  std::string_view field;  // as in Field::name
  Match match = Match::kWhole;
  std::string text;  // not folded; of kInside escaped for LIKE
};

// A condition for WHERE, complete in itself: it can be joined to others by AND.
struct Clause {
  std::string sql;                      // `TRUE` when the filter is empty
  std::vector<std::string> parameters;  // of $first_parameter and those that follow it
  // Texts, escaped for LIKE and not folded, of which each is inside the `contains` field of
  // whatever the condition admits: to narrow the search by an index before the condition is looked
  // at.
  std::vector<std::string> inside;
  // Where the condition is this comparison and no more.
  std::optional<TextMatch> alone = std::nullopt;
};

// FILTER_INVALID, with the place as a character counted from 1, when the filter does not parse,
// names a field that is not in `fields`, an operator or value that the field does not take, is too
// long or too deep, or is not printable UTF-8. A filter that compiles makes no statement fail.
// Takes time linear in the filter; safe for any bytes.
absl::StatusOr<Clause> Compile(std::string_view filter, absl::Span<const Field> fields,
                               int first_parameter);

}  // namespace partnerlink::filter
