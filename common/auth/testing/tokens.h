// Keys and tokens for tests, good and bad ones.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "nlohmann/json.hpp"
#include "openssl/evp.h"

namespace partnerlink::auth::testing {

// base64url without padding.
std::string Base64Url(std::string_view bytes);

// A fresh elliptic key on `curve`.
class SigningKey {
 public:
  explicit SigningKey(std::string key_id, const char* curve = "P-256");

  const std::string& key_id() const { return key_id_; }

  // The public half, as a JWKS lists it.
  nlohmann::json Jwk() const;
  std::string PublicPem() const;

  // ECDSA over `text`: r and s side by side as JWS wants it, or OpenSSL's DER form.
  std::string Sign(std::string_view text, const char* digest = "SHA256") const;
  std::string SignDer(std::string_view text, const char* digest = "SHA256") const;

  // A compact JWS over the two texts as they are, whether they make sense or not.
  std::string Token(std::string_view header, std::string_view payload) const;

 private:
  struct Release {
    void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
  };

  std::string key_id_;
  std::unique_ptr<EVP_PKEY, Release> key_;
};

// A JWKS document of the public halves.
std::string Jwks(const std::vector<const SigningKey*>& keys);

// Claims that the tests' verifiers take at `now`: issuer `https://issuer.test`, audience
// `partnerlink`, account `partners/contoso`, role `admin_agent`, five minutes of life.
nlohmann::json GoodClaims(absl::Time now);

// The header that goes with a key: `alg`, `kid` and `typ`.
nlohmann::json GoodHeader(const SigningKey& key);

// HMAC-SHA-256, for tokens of an algorithm that must be refused.
std::string Hmac(std::string_view key, std::string_view text);

}  // namespace partnerlink::auth::testing
