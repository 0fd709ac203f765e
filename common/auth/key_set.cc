#include "common/auth/key_set.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "cjose/jws.h"
#include "common/auth/jws.h"

namespace partnerlink::auth {
namespace {

struct JwsRelease {
  void operator()(cjose_jws_t* jws) const { cjose_jws_release(jws); }
};

// Empty when the key is one that tokens may be signed with, otherwise what is wrong with it.
std::string_view FaultOf(const json_t* key) {
  if (!json_is_object(key)) return "is not an object";
  if (StringAt(key, "kid").empty()) return "has no kid";
  if (StringAt(key, "kty") != "EC" || StringAt(key, "crv") != "P-256") return "is not a P-256 key";
  if (json_object_get(key, "d") != nullptr) return "holds the private part";
  if (json_object_get(key, "alg") != nullptr && StringAt(key, "alg") != "ES256") {
    return "is for another algorithm than ES256";
  }
  if (json_object_get(key, "use") != nullptr && StringAt(key, "use") != "sig") {
    return "is for another use than signatures";
  }
  return {};
}

}  // namespace

absl::StatusOr<KeySet> KeySet::Parse(std::string_view jwks) {
  const Json document = ParseJsonObject(jwks);
  const json_t* list = json_object_get(document.get(), "keys");
  if (!json_is_array(list)) return absl::InvalidArgumentError("it is not a JWKS document");
  if (json_array_size(list) == 0) return absl::InvalidArgumentError("it holds no key");
  KeySet set;
  for (size_t i = 0; i < json_array_size(list); ++i) {
    json_t* entry = json_array_get(list, i);
    if (const auto fault = FaultOf(entry); !fault.empty()) {
      return absl::InvalidArgumentError(absl::StrCat("key ", i + 1, " ", std::string(fault)));
    }
    Key key(cjose_jwk_import_json(entry, nullptr));
    if (key == nullptr) {
      return absl::InvalidArgumentError(absl::StrCat("key ", i + 1, " is not a point of P-256"));
    }
    if (!set.keys_.emplace(StringAt(entry, "kid"), std::move(key)).second) {
      return absl::InvalidArgumentError(absl::StrCat("key ", i + 1, " repeats the kid of another"));
    }
  }
  return set;
}

bool KeySet::Verifies(std::string_view key_id, std::string_view token) const {
  const auto key = keys_.find(key_id);
  if (key == keys_.end()) return false;
  const std::unique_ptr<cjose_jws_t, JwsRelease> jws(
      cjose_jws_import(token.data(), token.size(), nullptr));
  return jws != nullptr && cjose_jws_verify(jws.get(), key->second.get(), nullptr);
}

}  // namespace partnerlink::auth
