// The links that customers open: a configured base and, in the fragment, which browsers send to no
// server, the token. Nothing of a request ever goes into a link.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace partnerlink::invitation::link {

// For the start: whether links may start with `base`. It must be an absolute URL in ASCII, with
// `https`, or with `http` for `localhost`, `127.0.0.1` and `[::1]`; no user, query or fragment; at
// most 439 characters, so that a link is at most 512. The error says what is wrong.
absl::Status ValidateLinkBase(std::string_view base);

// For the start: whether people may be sent to `url` to sign up. It may be empty; otherwise it must
// be as a link's base, but may have a query.
absl::Status ValidateSignUpUrl(std::string_view url);

// `base#token_text`.
std::string LinkOf(std::string_view base, std::string_view token_text);

}  // namespace partnerlink::invitation::link
