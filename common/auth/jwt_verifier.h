// Verifies the JSON Web Tokens that callers bring.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/auth/claims.h"
#include "common/auth/key_file.h"
#include "common/auth/token_cache.h"
#include "openssl/evp.h"

namespace partnerlink::auth {

// Takes ES256 tokens of one issuer for one audience: see ParseJws and ReadClaims for what is
// refused. Any thread may use it. It reads the key file on the calling thread when that has
// changed (a look at most every two seconds) and when a token names an unknown key (at most once a
// minute); a key that has left the file takes the tokens remembered for it along.
class JwtVerifier {
 public:
  struct Options {
    std::string jwks_file;
    std::string issuer;
    std::string audience = "partnerlink";
    absl::Duration max_life = absl::Minutes(15);
    absl::Duration skew = absl::Seconds(30);
    size_t cache_size = 10000;              // verified tokens to remember; 0: none
    KeyFile::Listener on_reread = nullptr;  // for the log; may be empty
  };

  // Fails, saying why, without an issuer, an audience or a usable key file.
  static absl::StatusOr<std::unique_ptr<JwtVerifier>> Create(Options options);

  // The bearer of the one `authorization` header of a call; the scheme is Bearer in any case, then
  // one space and one token. Refusals: TOKEN_MISSING for an empty value (no header), TOKEN_EXPIRED
  // for a token that was good until `exp` + skew, TOKEN_INVALID for all else. A call that carries
  // the header twice must be refused before.
  absl::StatusOr<Principal> Verify(std::string_view authorization, absl::Time now);

  // The same for the token alone, at most 8 KiB.
  absl::StatusOr<Principal> VerifyToken(std::string_view token, absl::Time now);

 private:
  struct Release {
    void operator()(EVP_MD* digest) const { EVP_MD_free(digest); }
  };

  JwtVerifier(Options options, std::unique_ptr<KeyFile> keys);

  const ClaimRules rules_;
  const std::unique_ptr<KeyFile> keys_;
  const std::unique_ptr<EVP_MD, Release> sha256_;  // fetched once: a fetch costs more than the hash
  TokenCache cache_;
};

}  // namespace partnerlink::auth
