// The token of an invitation's link: what follows `#` in it. Whoever holds it may answer the
// invitation, so neither it nor its secret is ever stored or logged. Pure functions.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace partnerlink::invitation::link {

// Longest text that ParseToken reads, and so the longest link there may be.
inline constexpr size_t kMaxTokenText = 512;

// Length of FormatToken's answer.
inline constexpr size_t kTokenLength = 72;

inline constexpr size_t kUuidBytes = 16;

struct Token {
  uint8_t kind = 0;  // partnerlink.invitation.v1.Invitation.Kind
  std::array<uint8_t, kUuidBytes> invitation{};
  int32_t generation = 0;  // from 1
  std::array<uint8_t, 32> secret{};
};

// URL-safe base64 without padding of version(1) · kind(1) · invitation(16) · generation(4, big
// endian) · secret(32): 72 characters.
std::string FormatToken(const Token& token);

// Reads what FormatToken wrote, or a whole link that ends in it (`…#token`), with white space
// around it. None for anything else: longer than kMaxTokenText bytes, another length, alphabet,
// padding, version, or a generation below 1.
std::optional<Token> ParseToken(std::string_view text);

// The invitation's id in a token, as the canonical text of a UUID.
std::string InvitationId(const Token& token);

// The bytes of a UUID in canonical lower-case form; none for any other text.
std::optional<std::array<uint8_t, kUuidBytes>> UuidBytes(std::string_view uuid);

}  // namespace partnerlink::invitation::link
