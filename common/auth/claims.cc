#include "common/auth/claims.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "common/auth/jws.h"
#include "common/status/status.h"
#include "common/validation/accounts.h"
#include "common/validation/text.h"

namespace partnerlink::auth {
namespace {

constexpr size_t kMaxSubjectCharacters = 255;
constexpr size_t kMaxEmailCharacters = 320;
constexpr size_t kMaxRoles = 20;
constexpr int64_t kMaxUnixSeconds = 253402300799;  // the year 9999

// Jansson has checked the UTF-8.
bool IsLine(std::string_view text, size_t max_characters) {
  return !text.empty() && validation::CodePoints(text) <= max_characters &&
         !validation::HasControl(text);
}

std::optional<absl::Time> TimeAt(const json_t* payload, const char* key) {
  const json_t* value = json_object_get(payload, key);
  if (!json_is_number(value)) return std::nullopt;
  const double seconds = json_number_value(value);
  if (!(seconds >= 0 && seconds <= static_cast<double>(kMaxUnixSeconds))) return std::nullopt;
  if (json_is_integer(value)) return absl::FromUnixSeconds(json_integer_value(value));
  return absl::UnixEpoch() + absl::Seconds(seconds);
}

bool NamesAudience(const json_t* payload, std::string_view audience) {
  if (StringAt(payload, "aud") == audience) return true;
  const json_t* list = json_object_get(payload, "aud");
  bool named = false;
  for (size_t i = 0; i < json_array_size(list); ++i) {
    const json_t* value = json_array_get(list, i);
    if (!json_is_string(value)) return false;
    named = named || json_string_value(value) == audience;
  }
  return named;
}

absl::Status ReadTimes(const json_t* payload, absl::Duration max_life, TokenClaims& claims) {
  const auto issued = TimeAt(payload, "iat");
  const auto expiry = TimeAt(payload, "exp");
  if (!issued || !expiry) return InvalidToken("iat and exp must be seconds since 1970");
  if (*expiry <= *issued) return InvalidToken("exp is not after iat");
  if (*expiry - *issued > max_life) return InvalidToken("its life is too long");
  claims.not_before = *issued;
  claims.expiry = *expiry;
  if (json_object_get(payload, "nbf") != nullptr) {
    const auto not_before = TimeAt(payload, "nbf");
    if (!not_before) return InvalidToken("nbf must be seconds since 1970");
    claims.not_before = std::max(claims.not_before, *not_before);
  }
  return absl::OkStatus();
}

absl::Status ReadRoles(const json_t* payload, Principal& principal) {
  const json_t* list = json_object_get(payload, "roles");
  if (!json_is_array(list) || json_array_size(list) > kMaxRoles) {
    return InvalidToken("roles must be an array of at most 20 strings");
  }
  for (size_t i = 0; i < json_array_size(list); ++i) {
    const json_t* value = json_array_get(list, i);
    if (!json_is_string(value)) return InvalidToken("roles must be an array of strings");
    const std::string_view role(json_string_value(value), json_string_length(value));
    if (validation::IsRoleOf(principal.family, role)) {
      if (!principal.HasRole(role)) principal.roles.emplace_back(role);
    } else if (validation::IsRole(role)) {
      return InvalidToken("it has a role of another kind of account");
    }
  }
  return absl::OkStatus();
}

absl::Status ReadEmail(const json_t* payload, Principal& principal) {
  if (json_object_get(payload, "email") != nullptr) {
    principal.email = StringAt(payload, "email");
    if (!IsLine(principal.email, kMaxEmailCharacters)) {
      return InvalidToken("email must be a string of at most 320 characters");
    }
  }
  if (const json_t* verified = json_object_get(payload, "email_verified")) {
    if (!json_is_boolean(verified)) return InvalidToken("email_verified must be a boolean");
    principal.email_verified = json_is_true(verified);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<TokenClaims> ReadClaims(const json_t* payload, const ClaimRules& rules) {
  if (StringAt(payload, "iss") != rules.issuer) return InvalidToken("its issuer is not trusted");
  if (!NamesAudience(payload, rules.audience)) {
    return InvalidToken("it is made for another audience");
  }
  TokenClaims claims;
  Principal& principal = claims.principal;
  principal.subject = StringAt(payload, "sub");
  if (!IsLine(principal.subject, kMaxSubjectCharacters)) {
    return InvalidToken("sub must have 1 to 255 characters, none of them a control character");
  }
  principal.account = StringAt(payload, "account");
  principal.family = validation::FamilyOf(principal.account);
  if (principal.family == AccountFamily::kNone) {
    return InvalidToken("account must be partners/{id}, customers/{id} or operators");
  }
  PARTNERLINK_RETURN_IF_ERROR(ReadTimes(payload, rules.max_life, claims));
  PARTNERLINK_RETURN_IF_ERROR(ReadRoles(payload, principal));
  PARTNERLINK_RETURN_IF_ERROR(ReadEmail(payload, principal));
  return claims;
}

absl::Status CheckTime(const TokenClaims& claims, absl::Duration skew, absl::Time now) {
  if (now >= claims.expiry + skew) {
    return Refusal(common::v1::TOKEN_EXPIRED, "The token has expired: get a new one.");
  }
  if (now < claims.not_before - skew) return InvalidToken("it is not valid yet");
  return absl::OkStatus();
}

}  // namespace partnerlink::auth
