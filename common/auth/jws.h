// The outer form of a token: a compact JWS (RFC 7515), read strictly. Nothing here is trusted yet.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "jansson.h"

namespace partnerlink::auth {

// A parsed JSON value, owned.
struct JsonRelease {
  void operator()(json_t* value) const { json_decref(value); }
};
using Json = std::unique_ptr<json_t, JsonRelease>;

// A JSON object and nothing else. Null for other values, duplicate keys at any depth, bad UTF-8,
// NUL characters, numbers out of range and trailing bytes.
Json ParseJsonObject(std::string_view text);

// The string at `key`; empty if it is absent or not a string.
std::string_view StringAt(const json_t* object, const char* key);

// What a token's first and second part say.
struct Jws {
  std::string key_id;  // the header's `kid`, never empty
  Json payload;
};

// TOKEN_INVALID unless the token has three parts in base64url without padding, a header with
// `alg` ES256, a `kid`, `typ` JWT or none and no `crit`, `jku`, `jwk`, `x5c` or `x5u`, a JSON
// object as payload, and a signature of two numbers r and s of 32 bytes, both between 1 and n - 1.
absl::StatusOr<Jws> ParseJws(std::string_view token);

// TOKEN_INVALID; `why` is a fixed text that the caller gets to read.
absl::Status InvalidToken(std::string_view why);

}  // namespace partnerlink::auth
