#include "common/auth/jwt_verifier.h"

#include <utility>

#include "absl/strings/match.h"
#include "common/auth/jws.h"
#include "common/status/status.h"

namespace partnerlink::auth {
namespace {

constexpr char kScheme[] = "Bearer ";
constexpr size_t kSchemeBytes = sizeof(kScheme) - 1;
constexpr size_t kMaxTokenBytes = 8192;

}  // namespace

JwtVerifier::JwtVerifier(Options options, std::unique_ptr<KeyFile> keys)
    : rules_{std::move(options.issuer), std::move(options.audience), options.max_life,
             options.skew},
      keys_(std::move(keys)),
      sha256_(EVP_MD_fetch(nullptr, "SHA256", nullptr)),
      cache_(options.cache_size) {}

absl::StatusOr<std::unique_ptr<JwtVerifier>> JwtVerifier::Create(Options options) {
  if (options.issuer.empty()) return absl::InvalidArgumentError("the tokens' issuer is not set");
  if (options.audience.empty())
    return absl::InvalidArgumentError("the tokens' audience is not set");
  if (options.max_life <= absl::ZeroDuration() || options.skew < absl::ZeroDuration()) {
    return absl::InvalidArgumentError("the tokens' life must be positive, the skew not negative");
  }
  PARTNERLINK_ASSIGN_OR_RETURN(auto keys,
                               KeyFile::Open(options.jwks_file, std::move(options.on_reread)));
  auto verifier =
      std::unique_ptr<JwtVerifier>(new JwtVerifier(std::move(options), std::move(keys)));
  if (verifier->sha256_ == nullptr) return absl::InternalError("OpenSSL offers no SHA-256");
  return verifier;
}

absl::StatusOr<Principal> JwtVerifier::Verify(std::string_view authorization, absl::Time now) {
  if (authorization.empty()) {
    return Refusal(common::v1::TOKEN_MISSING, "The call needs a token: authorization: Bearer …");
  }
  if (!absl::EqualsIgnoreCase(std::string(authorization.substr(0, kSchemeBytes)), kScheme)) {
    return InvalidToken("the header is not of the form Bearer {token}");
  }
  return VerifyToken(authorization.substr(kSchemeBytes), now);
}

absl::StatusOr<Principal> JwtVerifier::VerifyToken(std::string_view token, absl::Time now) {
  if (token.size() > kMaxTokenBytes) return InvalidToken("it is longer than 8 KiB");
  keys_->Refresh(now);
  TokenDigest digest;
  if (EVP_Digest(token.data(), token.size(), digest.data(), nullptr, sha256_.get(), nullptr) != 1) {
    return Refusal(common::v1::INTERNAL, "The token cannot be hashed.");
  }
  if (const auto known = cache_.Find(digest, keys_->generation())) {
    PARTNERLINK_RETURN_IF_ERROR(CheckTime(*known, rules_.skew, now));
    return known->principal;
  }
  PARTNERLINK_ASSIGN_OR_RETURN(const Jws jws, ParseJws(token));
  const auto reading = keys_->Find(jws.key_id, now);
  if (!reading->keys.Verifies(jws.key_id, token)) {
    return InvalidToken("no key of its issuer has signed it");
  }
  PARTNERLINK_ASSIGN_OR_RETURN(TokenClaims claims, ReadClaims(jws.payload.get(), rules_));
  PARTNERLINK_RETURN_IF_ERROR(CheckTime(claims, rules_.skew, now));
  auto remembered = std::make_shared<const TokenClaims>(std::move(claims));
  cache_.Insert(digest, reading->generation, remembered);
  return remembered->principal;
}

}  // namespace partnerlink::auth
