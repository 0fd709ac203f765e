// Reads a message that is about to be sent, and trusts nothing that wrote it.
#pragma once

#include <string_view>

#include "absl/status/status.h"

namespace partnerlink::invitation::message {

// OK if `bytes` are a message with just the headers of FormatSent, each once, to `recipient` alone,
// of one text/plain and one text/html part, in which `link` is the only web address: once in the
// text, once as an anchor with its words in the HTML. INTERNAL saying what is wrong, without
// quoting.
absl::Status CheckSent(std::string_view bytes, std::string_view recipient, std::string_view link);

// The same of a message that holds no web address at all.
absl::Status CheckSentWithoutLink(std::string_view bytes, std::string_view recipient);

}  // namespace partnerlink::invitation::message
