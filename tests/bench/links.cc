#include "tests/bench/links.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "partnerlink/invitation/v1/invitation.pb.h"

namespace partnerlink::bench {

using invitation::link::Keys;
using invitation::link::Token;

std::optional<Links> Links::FromFile(const std::string& link_key_file, uint64_t first) {
  absl::StatusOr<Keys> keys = Keys::FromFile(link_key_file);
  if (!keys.ok()) return std::nullopt;
  return Links(*std::move(keys), first);
}

// The salt is the id's own bytes: nothing here is secret.
Token Links::Derive(uint64_t place) const {
  const std::string id = absl::StrCat("01900000-0000-7000-9000-", NumberOf(place));
  const auto bytes = invitation::link::UuidBytes(id).value();
  return keys_
      .Derive(keys_.current(), {reinterpret_cast<const char*>(bytes.data()), bytes.size()}, id, 1,
              invitation::v1::Invitation::CUSTOMER)
      .value();
}

std::string Links::TokenOf(uint64_t place) const {
  return invitation::link::FormatToken(Derive(place));
}

std::string Links::StoredHashOf(uint64_t place) const {
  return absl::BytesToHexString(keys_.StoredHash(keys_.current(), Derive(place)).value());
}

}  // namespace partnerlink::bench
