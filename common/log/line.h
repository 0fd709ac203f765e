// One line of the log: a JSON object, built field by field.
#pragma once

#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "common/log/field.h"

namespace partnerlink::log {

class Line {
 public:
  // Starts with `time` (RFC 3339, UTC, milliseconds), `level`, `service` and `event`.
  Line(absl::Time time, std::string_view level, std::string_view service, std::string_view event);

  void Add(const Field& field);
  // Nothing for an empty text.
  void AddUnlessEmpty(std::string_view name, std::string_view text);

  // The whole object, without a line feed.
  std::string Finish() &&;

 private:
  void AddName(std::string_view name);
  void AddText(std::string_view text);

  std::string text_;
};

}  // namespace partnerlink::log
