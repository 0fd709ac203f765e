// The public keys that tokens may be signed with.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "cjose/jwk.h"

namespace partnerlink::auth {

// The keys of one JWKS document. Immutable, so any thread may use it.
class KeySet {
 public:
  // INVALID_ARGUMENT, saying what is wrong, unless `jwks` is `{"keys": […]}` with at least one key
  // and each key is a public P-256 key for ES256 signatures with a `kid` of its own.
  static absl::StatusOr<KeySet> Parse(std::string_view jwks);

  bool Has(std::string_view key_id) const { return keys_.find(key_id) != keys_.end(); }

  // Whether the key `key_id` made the signature of a token that ParseJws has accepted.
  bool Verifies(std::string_view key_id, std::string_view token) const;

 private:
  struct Release {
    void operator()(cjose_jwk_t* key) const { cjose_jwk_release(key); }
  };
  using Key = std::unique_ptr<cjose_jwk_t, Release>;

  std::map<std::string, Key, std::less<>> keys_;
};

}  // namespace partnerlink::auth
