// Mail addresses.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace partnerlink::validation {

// The one form in which a mail address is kept and compared: the local part as it is (its case may
// matter to the receiver), the domain as NormaliseDomain gives it. None unless `text` is
// `local@domain` with a dot-atom of at most 64 ASCII characters before the only `@`, a domain after
// it, and at most 254 characters in all.
std::optional<std::string> NormaliseEmailAddress(std::string_view text);

}  // namespace partnerlink::validation
