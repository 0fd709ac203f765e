#include "common/auth/jws.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "common/status/status.h"

namespace partnerlink::auth {
namespace {

constexpr size_t kMaxKeyIdBytes = 255;
constexpr size_t kNumberBytes = 32;

// The order n of P-256 (SEC 2), big-endian.
constexpr std::string_view kOrder(
    "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51",
    kNumberBytes);

// The header's ways to name a key or a rule that this service does not hold itself.
constexpr const char* kForbidden[] = {"crit", "jku", "jwk", "x5c", "x5u"};

// Abseil's decoder is lenient; what encodes back to the same text was in the one right form.
bool DecodeBase64Url(std::string_view text, std::string* bytes) {
  return absl::WebSafeBase64Unescape({text.data(), text.size()}, bytes) &&
         absl::WebSafeBase64Escape(*bytes) == std::string(text);
}

bool IsSignatureNumber(std::string_view number) {
  return number < kOrder &&
         std::any_of(number.begin(), number.end(), [](char c) { return c != 0; });
}

absl::StatusOr<std::string> ReadKeyId(const json_t* header) {
  if (StringAt(header, "alg") != "ES256") return InvalidToken("its algorithm is not ES256");
  if (json_object_get(header, "typ") != nullptr && StringAt(header, "typ") != "JWT") {
    return InvalidToken("its type is not JWT");
  }
  for (const char* name : kForbidden) {
    if (json_object_get(header, name) != nullptr) {
      return InvalidToken(absl::StrCat("its header has ", name));
    }
  }
  const std::string_view key_id = StringAt(header, "kid");
  if (key_id.empty() || key_id.size() > kMaxKeyIdBytes) {
    return InvalidToken("its header names no key");
  }
  return std::string(key_id);
}

}  // namespace

Json ParseJsonObject(std::string_view text) {
  Json value(json_loadb(text.data(), text.size(), JSON_REJECT_DUPLICATES, nullptr));
  return json_is_object(value.get()) ? std::move(value) : nullptr;
}

std::string_view StringAt(const json_t* object, const char* key) {
  const json_t* value = json_object_get(object, key);
  if (!json_is_string(value)) return {};
  return {json_string_value(value), json_string_length(value)};
}

absl::StatusOr<Jws> ParseJws(std::string_view token) {
  const size_t first = token.find('.');
  const size_t second = token.find('.', first + 1);
  std::string header_text, payload_text, signature;
  if (second == std::string_view::npos || !DecodeBase64Url(token.substr(0, first), &header_text) ||
      !DecodeBase64Url(token.substr(first + 1, second - first - 1), &payload_text) ||
      !DecodeBase64Url(token.substr(second + 1), &signature)) {
    return InvalidToken("it is not three parts of base64url");
  }
  if (signature.size() != 2 * kNumberBytes ||
      !IsSignatureNumber(std::string_view(signature).substr(0, kNumberBytes)) ||
      !IsSignatureNumber(std::string_view(signature).substr(kNumberBytes))) {
    return InvalidToken("its signature is not one of ES256");
  }
  const Json header = ParseJsonObject(header_text);
  if (header == nullptr) return InvalidToken("its header is not a JSON object");
  Jws jws;
  PARTNERLINK_ASSIGN_OR_RETURN(jws.key_id, ReadKeyId(header.get()));
  jws.payload = ParseJsonObject(payload_text);
  if (jws.payload == nullptr) return InvalidToken("its payload is not a JSON object");
  return jws;
}

absl::Status InvalidToken(std::string_view why) {
  return Refusal(common::v1::TOKEN_INVALID,
                 absl::StrCat("The token is not valid: ", std::string(why), "."));
}

}  // namespace partnerlink::auth
