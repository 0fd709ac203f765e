#include "common/auth/testing/tokens.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "common/auth/testing/openssl.h"
#include "openssl/bn.h"
#include "openssl/core_names.h"
#include "openssl/ec.h"
#include "openssl/hmac.h"
#include "openssl/pem.h"

namespace partnerlink::auth::testing {
namespace {

constexpr int kNumberBytes = 32;

std::string Bytes(const BIGNUM* number, int length) {
  std::string bytes(static_cast<size_t>(length), '\0');
  Require(BN_bn2binpad(number, reinterpret_cast<unsigned char*>(bytes.data()), length) == length);
  return bytes;
}

std::string Coordinate(const EVP_PKEY* key, const char* name) {
  BIGNUM* number = nullptr;
  Require(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  const std::string bytes = Bytes(number, (EVP_PKEY_get_bits(key) + 7) / 8);
  BN_free(number);
  return bytes;
}

}  // namespace

std::string Base64Url(std::string_view bytes) {
  return absl::WebSafeBase64Escape({bytes.data(), bytes.size()});
}

SigningKey::SigningKey(std::string key_id, const char* curve)
    : key_id_(std::move(key_id)), key_(EVP_EC_gen(curve)) {
  Require(key_ != nullptr);
}

nlohmann::json SigningKey::Jwk() const {
  const int bits = EVP_PKEY_get_bits(key_.get());
  return {{"kty", "EC"},
          {"crv", "P-" + std::to_string(bits)},
          {"kid", key_id_},
          {"use", "sig"},
          {"alg", bits == 256 ? "ES256" : "ES" + std::to_string(bits)},
          {"x", Base64Url(Coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X))},
          {"y", Base64Url(Coordinate(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y))}};
}

std::string SigningKey::PublicPem() const {
  return PemOf([this](BIO* memory) { return PEM_write_bio_PUBKEY(memory, key_.get()); });
}

std::string SigningKey::SignDer(std::string_view text, const char* digest) const {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  size_t length = 0;
  Require(EVP_DigestSignInit(context, nullptr, EVP_get_digestbyname(digest), nullptr, key_.get()) ==
          1);
  Require(EVP_DigestSign(context, nullptr, &length, bytes, text.size()) == 1);
  std::string der(length, '\0');
  Require(EVP_DigestSign(context, reinterpret_cast<unsigned char*>(der.data()), &length, bytes,
                         text.size()) == 1);
  EVP_MD_CTX_free(context);
  der.resize(length);
  return der;
}

std::string SigningKey::Sign(std::string_view text, const char* digest) const {
  const std::string der = SignDer(text, digest);
  const auto* begin = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* signature = d2i_ECDSA_SIG(nullptr, &begin, static_cast<long>(der.size()));
  Require(signature != nullptr);
  std::string raw = Bytes(ECDSA_SIG_get0_r(signature), kNumberBytes) +
                    Bytes(ECDSA_SIG_get0_s(signature), kNumberBytes);
  ECDSA_SIG_free(signature);
  return raw;
}

std::string SigningKey::Token(std::string_view header, std::string_view payload) const {
  const std::string text = Base64Url(header) + "." + Base64Url(payload);
  return text + "." + Base64Url(Sign(text));
}

std::string Jwks(const std::vector<const SigningKey*>& keys) {
  nlohmann::json document = {{"keys", nlohmann::json::array()}};
  for (const SigningKey* key : keys) document["keys"].push_back(key->Jwk());
  return document.dump();
}

nlohmann::json GoodClaims(absl::Time now) {
  return {{"iss", "https://issuer.test"},
          {"aud", "partnerlink"},
          {"sub", "ada"},
          {"iat", absl::ToUnixSeconds(now)},
          {"exp", absl::ToUnixSeconds(now) + 300},
          {"account", "partners/contoso"},
          {"roles", {"admin_agent"}}};
}

nlohmann::json GoodHeader(const SigningKey& key) {
  return {{"alg", "ES256"}, {"kid", key.key_id()}, {"typ", "JWT"}};
}

std::string Hmac(std::string_view key, std::string_view text) {
  std::string mac(kNumberBytes, '\0');
  Require(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
               reinterpret_cast<const unsigned char*>(text.data()), text.size(),
               reinterpret_cast<unsigned char*>(mac.data()), nullptr) != nullptr);
  return mac;
}

}  // namespace partnerlink::auth::testing
