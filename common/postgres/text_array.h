// text[] as parameters and results: libpqxx 6 reads and writes them only as text.
#pragma once

#include <string>
#include <vector>

#include "pqxx/pqxx"

namespace partnerlink::postgres {

// The literal of a text[] of any strings.
std::string ToTextArray(const std::vector<std::string>& values);

// The values of a text[] field without nulls in it, those of inner arrays one after the other;
// empty for null.
std::vector<std::string> FromTextArray(const pqxx::field& field);

}  // namespace partnerlink::postgres
