// Internet domain names.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace partnerlink::validation {

// The one form in which a domain is kept and compared: lower-case ASCII, with punycode labels where
// it needs them (UTS 46, non-transitional; IDNA 2008). None unless `text` is a domain name in
// Unicode or ASCII form with at least two labels of 1 to 63 letters, digits and inner hyphens, at
// most 253 characters in all, no trailing dot and no number as its last label.
std::optional<std::string> NormaliseDomain(std::string_view text);

}  // namespace partnerlink::validation
