// Links that open a mail program with a mail in it (RFC 6068).
#pragma once

#include <string>
#include <string_view>

namespace partnerlink::invitation::message {

// Above this length mail programs and systems cut the link.
inline constexpr size_t kMaxMailtoUri = 2'000;

// `mailto:recipient?subject=…&body=…`, percent-encoded, line ends as %0D%0A; empty if longer than
// kMaxMailtoUri. `recipient`: a mail address in its normal form, or empty.
std::string MailtoUri(std::string_view recipient, std::string_view subject, std::string_view text);

}  // namespace partnerlink::invitation::message
