#include "services/invitation/link/token.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "common/validation/text.h"

namespace partnerlink::invitation::link {
namespace {

constexpr uint8_t kVersion = 1;
constexpr size_t kTokenBytes = 54;

std::string_view Trimmed(std::string_view text) {
  const auto space = [](char c) { return absl::ascii_isspace(static_cast<unsigned char>(c)); };
  while (!text.empty() && space(text.front())) text.remove_prefix(1);
  while (!text.empty() && space(text.back())) text.remove_suffix(1);
  return text;
}

// The decoder is lenient, so the text must also be what the encoder writes.
std::optional<std::string> StrictlyDecoded(const std::string& text) {
  std::string bytes;
  if (!absl::WebSafeBase64Unescape(text, &bytes) || absl::WebSafeBase64Escape(bytes) != text) {
    return std::nullopt;
  }
  return bytes;
}

}  // namespace

std::string FormatToken(const Token& token) {
  std::string bytes;
  bytes.push_back(static_cast<char>(kVersion));
  bytes.push_back(static_cast<char>(token.kind));
  bytes.append(token.invitation.begin(), token.invitation.end());
  for (const int shift : {24, 16, 8, 0}) {
    bytes.push_back(static_cast<char>(static_cast<uint32_t>(token.generation) >> shift));
  }
  bytes.append(token.secret.begin(), token.secret.end());
  return absl::WebSafeBase64Escape(bytes);
}

std::optional<Token> ParseToken(std::string_view text) {
  if (text.size() > kMaxTokenText) return std::nullopt;
  if (const size_t hash = text.find('#'); hash != std::string_view::npos) {
    text.remove_prefix(hash + 1);
  }
  text = Trimmed(text);
  if (text.size() != kTokenLength) return std::nullopt;
  const auto bytes = StrictlyDecoded(std::string(text));
  if (!bytes || bytes->size() != kTokenBytes) return std::nullopt;

  const auto* next = reinterpret_cast<const uint8_t*>(bytes->data());
  if (*next++ != kVersion) return std::nullopt;
  Token token;
  token.kind = *next++;
  std::copy_n(next, token.invitation.size(), token.invitation.begin());
  next += token.invitation.size();
  uint32_t generation = 0;
  for (int i = 0; i < 4; ++i) generation = generation << 8 | *next++;
  token.generation = static_cast<int32_t>(generation);
  if (token.generation < 1) return std::nullopt;
  std::copy_n(next, token.secret.size(), token.secret.begin());
  return token;
}

std::string InvitationId(const Token& token) {
  std::string id =
      absl::BytesToHexString(std::string(token.invitation.begin(), token.invitation.end()));
  for (const size_t position : {8, 13, 18, 23}) id.insert(position, 1, '-');
  return id;
}

std::optional<std::array<uint8_t, kUuidBytes>> UuidBytes(std::string_view uuid) {
  if (!validation::IsUuid(uuid)) return std::nullopt;
  std::string hex(uuid);
  hex.erase(std::remove(hex.begin(), hex.end(), '-'), hex.end());
  const std::string text = absl::HexStringToBytes(hex);
  std::array<uint8_t, kUuidBytes> bytes;
  std::copy_n(text.begin(), bytes.size(), bytes.begin());
  return bytes;
}

}  // namespace partnerlink::invitation::link
