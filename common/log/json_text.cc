#include "common/log/json_text.h"

#include <algorithm>

#include "nlohmann/json.hpp"

namespace partnerlink::log {
namespace {

// Whether JSON shows the text as it is: most text needs no escaping, and asking is much cheaper
// than escaping.
bool IsPlain(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char c) { return c >= 0x20 && c < 0x7F && c != '"' && c != '\\'; });
}

}  // namespace

void AppendJsonText(std::string_view text, std::string& json) {
  if (!IsPlain(text)) {
    json += nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    return;
  }
  json += '"';
  json += text;
  json += '"';
}

}  // namespace partnerlink::log
