// What a log line is made of. What must not be read in a log has a type of its own, so that no
// line can forget to mask it.
#pragma once

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <variant>

#include "absl/strings/string_view.h"

namespace partnerlink::log {

// Printed as `***`, whatever it is.
struct Secret {
  std::string_view value;
};

// A mail address, printed as `a***@domain`.
struct Address {
  std::string_view value;
};

// One key of a line. Text is borrowed until the call returns, need not be UTF-8 (bad bytes are
// replaced) and is cut after 1,024 bytes.
struct Field {
  std::string_view name;  // lower_snake_case, plain ASCII
  std::variant<std::string_view, int64_t, uint64_t, double, bool, Secret, Address> value;

  template <typename T>
  Field(std::string_view field_name, const T& field_value);
};

template <typename T>
Field::Field(std::string_view field_name, const T& field_value) : name(field_name) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    value = static_cast<std::string_view>(field_value);
  } else if constexpr (std::is_same_v<T, absl::string_view>) {
    value = std::string_view(field_value.data(), field_value.size());
  } else if constexpr (std::is_integral_v<T> && !std::is_same_v<T, bool>) {
    if constexpr (std::is_signed_v<T>) {
      value = static_cast<int64_t>(field_value);
    } else {
      value = static_cast<uint64_t>(field_value);
    }
  } else {
    value = field_value;
  }
}

}  // namespace partnerlink::log
