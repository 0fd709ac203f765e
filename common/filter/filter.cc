#include "common/filter/filter.h"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/filter/comparison.h"
#include "common/filter/scanner.h"
#include "common/status/status.h"

namespace partnerlink::filter {
namespace {

constexpr char kExpected[] = "a comparison is expected here: a field, an operator and a value.";
constexpr size_t kMaxNameShown = 64;

std::string Join(const std::vector<std::string>& conditions, const char* by) {
  if (conditions.size() == 1) return conditions.front();
  return absl::StrCat("(", absl::StrJoin(conditions, by), ")");
}

// One pass over a filter, which CheckText has accepted. Recursion ends at kMaxDepth.
class Compiler {
 public:
  Compiler(std::string_view filter, absl::Span<const Field> fields, int first_parameter)
      : filter_(filter), scanner_(filter), fields_(fields), first_parameter_(first_parameter) {}

  absl::StatusOr<Clause> Run() {
    if (scanner_.AtEnd()) return Clause{"TRUE", {}, {}};
    PARTNERLINK_ASSIGN_OR_RETURN(std::string sql, Expression(0));
    if (!scanner_.AtEnd()) return Refuse(scanner_.Offset(), "this parenthesis closes nothing.");
    if (comparisons_ > 1) alone_.reset();
    return Clause{std::move(sql), std::move(parameters_), std::move(inside_), std::move(alone_)};
  }

 private:
  absl::Status Refuse(size_t offset, std::string_view what) const {
    return Invalid(filter_, offset, what);
  }

  // Up to the end or a closing parenthesis.
  absl::StatusOr<std::string> Expression(int depth) {
    std::vector<std::string> factors;
    bool more = true;
    while (more) {
      PARTNERLINK_ASSIGN_OR_RETURN(std::string factor, Factor(depth));
      factors.push_back(std::move(factor));
      more = scanner_.TakeKeyword("AND") || !(scanner_.AtEnd() || scanner_.At(')'));
    }
    return Join(factors, " AND ");
  }

  absl::StatusOr<std::string> Factor(int depth) {
    const size_t inside = inside_.size();
    std::vector<std::string> terms;
    do {
      PARTNERLINK_ASSIGN_OR_RETURN(std::string term, Term(depth));
      terms.push_back(std::move(term));
    } while (scanner_.TakeKeyword("OR"));
    // Another term may admit what lacks the text.
    if (terms.size() > 1) inside_.resize(inside);
    return Join(terms, " OR ");
  }

  absl::StatusOr<std::string> Term(int depth) {
    const bool negated = scanner_.TakeKeyword("NOT") || scanner_.Take('-');
    const size_t inside = inside_.size();
    PARTNERLINK_ASSIGN_OR_RETURN(std::string sql,
                                 scanner_.At('(') ? Parenthesis(depth) : Comparison());
    if (negated) {
      inside_.resize(inside);
      alone_.reset();
    }
    // Not plain NOT: where a field is not set, the comparison is NULL and its negation holds.
    return negated ? absl::StrCat("((", sql, ") IS NOT TRUE)") : sql;
  }

  absl::StatusOr<std::string> Parenthesis(int depth) {
    const size_t start = scanner_.Offset();
    scanner_.Take('(');
    if (depth == kMaxDepth) {
      return Refuse(start,
                    absl::StrCat("more than ", kMaxDepth, " parentheses within each other."));
    }
    PARTNERLINK_ASSIGN_OR_RETURN(std::string sql, Expression(depth + 1));
    if (!scanner_.Take(')')) return Refuse(start, "this parenthesis is not closed.");
    return sql;
  }

  absl::StatusOr<std::string> Comparison() {
    if (scanner_.AtKeyword()) return Refuse(scanner_.Offset(), kExpected);
    const size_t start = scanner_.Offset();
    const std::string_view name = scanner_.TakeName();
    if (name.empty()) return Refuse(start, kExpected);
    PARTNERLINK_ASSIGN_OR_RETURN(const std::optional<std::string> key, TakeKey(name));
    const size_t operator_start = scanner_.Offset();
    Operator op;
    if (!scanner_.TakeOperator(op)) return RefuseLiteral(start, name);
    const auto field = std::find_if(fields_.begin(), fields_.end(), [&](const Field& known) {
      return key ? known.type == Type::kMap && IsUnder(known, name) : known.name == name;
    });
    if (field == fields_.end()) return RefuseField(start, name);
    if (const absl::Status known = CheckOperator(*field, op); !known.ok()) {
      return Refuse(operator_start, std::string(known.message()));
    }
    const size_t value_start = scanner_.Offset();
    PARTNERLINK_ASSIGN_OR_RETURN(const Value value, scanner_.TakeValue());
    const int placeholder = first_parameter_ + static_cast<int>(parameters_.size());
    auto condition = key ? CompareKey(*field, *key, op, value, placeholder)
                         : Compare(*field, op, value, placeholder);
    if (!condition.ok()) return Refuse(value_start, std::string(condition.status().message()));
    ++comparisons_;
    alone_ = std::move(condition->match);
    if (condition->is_inside) inside_.push_back(condition->parameters.front());
    for (std::string& parameter : condition->parameters) {
      parameters_.push_back(std::move(parameter));
    }
    return std::move(condition->sql);
  }

  // A name below a kMap field.
  static bool IsUnder(const Field& field, std::string_view name) {
    return name.size() > field.name.size() && name.starts_with(field.name) &&
           name[field.name.size()] == '.';
  }

  // The key that a name ends with, or that follows it in quotes; none where no map is named.
  absl::StatusOr<std::optional<std::string>> TakeKey(std::string_view name) {
    for (const Field& field : fields_) {
      if (field.type != Type::kMap || !IsUnder(field, name)) continue;
      std::string key(name.substr(field.name.size() + 1));
      if (!key.empty()) return key;
      const size_t start = scanner_.Offset();
      PARTNERLINK_ASSIGN_OR_RETURN(Value quoted, scanner_.TakeValue());
      if (quoted.text.empty() || quoted.open_end || quoted.inner_star) {
        return Refuse(start, "a key is expected here.");
      }
      return std::move(quoted.text);
    }
    return std::nullopt;
  }

  absl::Status RefuseLiteral(size_t offset, std::string_view name) const {
    for (const char* keyword : {"AND", "OR", "NOT"}) {
      if (absl::EqualsIgnoreCase(std::string(name), keyword)) {
        return Refuse(offset, absl::StrCat(keyword, " is written in capitals."));
      }
    }
    return Refuse(offset,
                  "a word alone finds nothing: a field, an operator and a value are needed.");
  }

  absl::Status RefuseField(size_t offset, std::string_view name) const {
    return Refuse(
        offset,
        absl::StrCat(
            "there is no field ", std::string(name.substr(0, kMaxNameShown)), "; the fields are ",
            absl::StrJoin(fields_, ", ",
                          [](std::string* out, const Field& field) { out->append(field.name); }),
            "."));
  }

  std::string_view filter_;
  Scanner scanner_;
  absl::Span<const Field> fields_;
  int first_parameter_;
  std::vector<std::string> parameters_;
  std::vector<std::string> inside_;
  int comparisons_ = 0;
  std::optional<TextMatch> alone_;
};

}  // namespace

absl::StatusOr<Clause> Compile(std::string_view filter, absl::Span<const Field> fields,
                               int first_parameter) {
  PARTNERLINK_RETURN_IF_ERROR(CheckText(filter));
  return Compiler(filter, fields, first_parameter).Run();
}

}  // namespace partnerlink::filter
