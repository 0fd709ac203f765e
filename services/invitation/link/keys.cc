#include "services/invitation/link/keys.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace partnerlink::invitation::link {
namespace {

constexpr size_t kMinMasterBytes = 32;
constexpr size_t kMacBytes = 32;
// Not of the length of a secret's input, so the two uses of a master key never meet.
constexpr std::string_view kHashLabel = "partnerlink invitation link: stored hash, version 1";

std::string Hmac(std::string_view key, std::string_view message) {
  std::string mac(kMacBytes, '\0');
  unsigned int length = 0;
  const auto* done = HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
                          reinterpret_cast<const unsigned char*>(message.data()), message.size(),
                          reinterpret_cast<unsigned char*>(mac.data()), &length);
  // Cannot fail with SHA-256 and memory.
  if (done == nullptr || length != kMacBytes) std::abort();
  return mac;
}

// invitation · generation · kind, in their fixed lengths.
std::string Binding(const Token& token) {
  std::string binding(token.invitation.begin(), token.invitation.end());
  for (const int shift : {24, 16, 8, 0}) {
    binding.push_back(static_cast<char>(static_cast<uint32_t>(token.generation) >> shift));
  }
  binding.push_back(static_cast<char>(token.kind));
  return binding;
}

std::string HashOf(std::string_view hash_key, const Token& token) {
  return Hmac(hash_key, std::string(token.secret.begin(), token.secret.end()) + Binding(token));
}

absl::Status UnknownKid(uint8_t kid) {
  return absl::InternalError(
      absl::StrCat("the link secret file has no key ", static_cast<int>(kid)));
}

}  // namespace

absl::StatusOr<Keys> Keys::FromFile(const std::string& path) {
  std::ifstream file(path);
  if (!file) {
    return absl::NotFoundError(
        absl::StrCat("cannot read the link secret file ", path, ": ", std::strerror(errno)));
  }
  Keys keys;
  int number = 0;
  for (std::string line; std::getline(file, line);) {
    ++number;
    absl::StripAsciiWhitespace(&line);
    if (line.empty()) continue;
    if (const absl::Status status = keys.Add(line); !status.ok()) {
      return absl::InvalidArgumentError(
          absl::StrCat("link secret file ", path, ", line ", number, ": ", status.message()));
    }
  }
  if (file.bad()) {
    return absl::InvalidArgumentError(absl::StrCat("link secret file ", path, ": cannot be read"));
  }
  if (keys.keys_.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("link secret file ", path, ": holds no key"));
  }
  return keys;
}

absl::Status Keys::Add(std::string_view line) {
  const size_t colon = line.find(':');
  int kid = 0;
  if (colon == std::string_view::npos ||
      !absl::SimpleAtoi(std::string(line.substr(0, colon)), &kid) || kid < 1 || kid > 255) {
    return absl::InvalidArgumentError("must be `kid:secret` with a kid from 1 to 255");
  }
  std::string master;
  if (!absl::Base64Unescape(std::string(line.substr(colon + 1)), &master)) {
    return absl::InvalidArgumentError("the secret is not base64");
  }
  if (master.size() < kMinMasterBytes) {
    return absl::InvalidArgumentError(
        absl::StrCat("the secret has ", master.size(), " bytes, fewer than ", kMinMasterBytes));
  }
  std::string hash = Hmac(master, kHashLabel);
  const auto id = static_cast<uint8_t>(kid);
  if (!keys_.try_emplace(id, Key{std::move(master), std::move(hash)}).second) {
    return absl::InvalidArgumentError(absl::StrCat("a second key ", kid));
  }
  if (current_ == 0) current_ = id;
  return absl::OkStatus();
}

const Keys::Key* Keys::Find(uint8_t kid) const {
  const auto found = keys_.find(kid);
  return found == keys_.end() ? nullptr : &found->second;
}

absl::StatusOr<Token> Keys::Derive(uint8_t kid, std::string_view salt, std::string_view invitation,
                                   int32_t generation, uint8_t kind) const {
  const Key* key = Find(kid);
  if (key == nullptr) return UnknownKid(kid);
  const auto id = UuidBytes(invitation);
  if (salt.size() != kSaltBytes || !id || generation < 1) {
    return absl::InternalError("a link cannot be derived from such a row");
  }
  Token token{.kind = kind, .invitation = *id, .generation = generation};
  const std::string secret = Hmac(key->master, std::string(salt) + Binding(token));
  std::memcpy(token.secret.data(), secret.data(), token.secret.size());
  return token;
}

absl::StatusOr<std::string> Keys::StoredHash(uint8_t kid, const Token& token) const {
  const Key* key = Find(kid);
  if (key == nullptr) return UnknownKid(kid);
  return HashOf(key->hash, token);
}

bool Keys::Verify(const Token& token, uint8_t kid, std::string_view stored_hash) const {
  const Key* key = Find(kid);
  const bool comparable = key != nullptr && stored_hash.size() == kStoredHashBytes;
  const std::string hash = HashOf((key != nullptr ? key : Find(current_))->hash, token);
  const std::string other = comparable ? std::string(stored_hash) : std::string(kMacBytes, '\0');
  return (CRYPTO_memcmp(hash.data(), other.data(), kMacBytes) == 0) && comparable;
}

bool Keys::VerifyUnknown(const Token& token) const { return Verify(token, current_, ""); }

absl::StatusOr<std::string> NewSalt() {
  std::string salt(kSaltBytes, '\0');
  if (RAND_bytes(reinterpret_cast<unsigned char*>(salt.data()), static_cast<int>(salt.size())) !=
      1) {
    return absl::InternalError("the random source fails");
  }
  return salt;
}

}  // namespace partnerlink::invitation::link
