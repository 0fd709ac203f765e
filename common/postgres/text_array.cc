#include "common/postgres/text_array.h"

#include <string_view>
#include <utility>

namespace partnerlink::postgres {

std::string ToTextArray(const std::vector<std::string>& values) {
  std::string literal = "{";
  for (const std::string& value : values) {
    if (literal.size() > 1) literal += ',';
    literal += '"';
    for (const char c : value) {
      if (c == '"' || c == '\\') literal += '\\';
      literal += c;
    }
    literal += '"';
  }
  literal += '}';
  return literal;
}

// pqxx::array_parser of libpqxx 6 reads past the end of some literals.
std::vector<std::string> FromTextArray(const pqxx::field& field) {
  std::vector<std::string> values;
  if (field.is_null()) return values;
  const std::string_view literal = field.c_str();
  std::string value;
  bool quoted = false;
  bool any = false;
  for (size_t i = 1; i < literal.size(); ++i) {
    const char c = literal[i];
    if (quoted && c == '\\') {
      value += literal[++i];
    } else if (c == '"') {
      quoted = !quoted;
      any = true;
    } else if (!quoted && c == '{') {
      continue;  // an inner array
    } else if (!quoted && (c == ',' || c == '}')) {
      if (any) values.push_back(std::move(value));
      value.clear();
      any = false;
    } else {
      value += c;
      any = true;
    }
  }
  return values;
}

}  // namespace partnerlink::postgres
