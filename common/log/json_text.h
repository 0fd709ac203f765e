// Text as JSON, at the least cost.
#pragma once

#include <string>
#include <string_view>

namespace partnerlink::log {

// Appends the text as a JSON string; what is not UTF-8 in it as U+FFFD.
void AppendJsonText(std::string_view text, std::string& json);

}  // namespace partnerlink::log
