// The master secrets from which the secrets of all links derive.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "services/invitation/link/token.h"

namespace partnerlink::invitation::link {

inline constexpr size_t kSaltBytes = 16;
inline constexpr size_t kStoredHashBytes = 32;

// Read once at start, immutable: safe from any thread. The secrets never leave it: there is no way
// to read or print them. No copy of a token is kept.
class Keys {
 public:
  // Reads lines `kid:secret`, kid from 1 to 255, secret the standard base64 of at least 32 random
  // bytes; blank lines are skipped. The first line is the current key, the others keep the links
  // alive that were made with them. The error of a missing, empty or malformed file, a short secret
  // or a repeated kid says why and where, never what.
  static absl::StatusOr<Keys> FromFile(const std::string& path);

  // The kid for new rows.
  uint8_t current() const { return current_; }

  // The token of a row. The same input gives the same token for ever, so a draft can show its link
  // again. INTERNAL where no row can be so: an unknown kid, a salt that is not 16 bytes, an
  // invitation that is not a canonical UUID, a generation below 1.
  absl::StatusOr<Token> Derive(uint8_t kid, std::string_view salt, std::string_view invitation,
                               int32_t generation, uint8_t kind) const;

  // What the row keeps of the token: 32 bytes, a keyed hash of all of it. Tells nothing about the
  // secret without the master key. INTERNAL: an unknown kid.
  absl::StatusOr<std::string> StoredHash(uint8_t kid, const Token& token) const;

  // Whether `token` is the one whose StoredHash the row keeps, so also of the row's generation and
  // kind. Takes the same time whatever differs. False for an unknown kid.
  bool Verify(const Token& token, uint8_t kid, std::string_view stored_hash) const;

  // For a token whose invitation does not exist: the work of Verify, and always false.
  bool VerifyUnknown(const Token& token) const;

 private:
  struct Key {
    std::string master;
    std::string hash;  // derived: keys the stored hashes
  };

  Keys() = default;
  absl::Status Add(std::string_view line);
  const Key* Find(uint8_t kid) const;

  std::map<uint8_t, Key> keys_;
  uint8_t current_ = 0;
};

// 16 random bytes for a new row. INTERNAL if the system's random source fails.
absl::StatusOr<std::string> NewSalt();

}  // namespace partnerlink::invitation::link
