// What a token says about its bearer, once its signature is verified.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/context/call_context.h"
#include "jansson.h"

namespace partnerlink::auth {

// What the claims must fit.
struct ClaimRules {
  std::string issuer;
  std::string audience;
  absl::Duration max_life;  // of `exp` - `iat`
  absl::Duration skew;      // how far the issuer's clock and ours may be apart
};

// Who holds a token and when it may be used.
struct TokenClaims {
  Principal principal;
  absl::Time not_before;  // the later one of `iat` and `nbf`
  absl::Time expiry;      // `exp`
};

// TOKEN_INVALID unless: `iss` and `aud` (or one of its strings) are ours; `sub` has 1 to 255
// characters and no control character; `iat` and `exp` are numbers, exp - iat in (0, max_life];
// `nbf` is a number or absent; `account` has the form of its family; `roles` are at most 20
// strings, none known to other families only; `email` is a string and `email_verified` a boolean,
// or absent. A role that no family knows is left out.
absl::StatusOr<TokenClaims> ReadClaims(const json_t* payload, const ClaimRules& rules);

// TOKEN_EXPIRED from `exp` + skew on; TOKEN_INVALID before `iat` or `nbf` - skew.
absl::Status CheckTime(const TokenClaims& claims, absl::Duration skew, absl::Time now);

}  // namespace partnerlink::auth
