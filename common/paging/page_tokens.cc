#include "common/paging/page_tokens.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <stdexcept>

#include "absl/strings/escaping.h"
#include "common/status/status.h"

namespace partnerlink::paging {
namespace {

using Key = std::array<unsigned char, 32>;

// A token is, before base64: version, salt, nonce, encrypted position, tag.
constexpr char kVersion = 1;
constexpr size_t kSaltBytes = 12;
constexpr size_t kNonceBytes = 12;
constexpr size_t kTagBytes = 16;
constexpr size_t kHeadBytes = 1 + kSaltBytes + kNonceBytes;
constexpr size_t kLengthBytes = 2;
static_assert((kHeadBytes + kMaxPositionBytes + kTagBytes) * 4 <= kMaxTokenCharacters * 3);

// OpenSSL fails here only without memory or randomness: no answer is right then.
void Require(bool done) {
  if (!done) throw std::runtime_error("page tokens: OpenSSL has failed");
}

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

Key Derive(std::string_view key, std::string_view purpose) {
  Key derived;
  unsigned int size = 0;
  Require(HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()), Bytes(purpose),
               purpose.size(), derived.data(), &size) != nullptr);
  return derived;
}

// A key per salt: random nonces under one key would begin to collide after 2^32 pages.
Key DeriveForToken(const Key& key, std::string_view head) {
  return Derive({reinterpret_cast<const char*>(key.data()), key.size()},
                head.substr(1, kSaltBytes));
}

// `length` in `bytes` bytes, the highest first.
void AppendLength(std::string& out, size_t length, size_t bytes) {
  while (bytes > 0)
    out.push_back(static_cast<char>(static_cast<uint64_t>(length) >> (8 * --bytes)));
}

// Lengths go before the parts, so that no two queries give the same bytes.
std::string AssociatedData(const Query& query, std::string_view head) {
  std::string data(head);
  for (const std::string_view part : {query.method, query.account, query.text}) {
    AppendLength(data, part.size(), 8);
    data.append(part);
  }
  return data;
}

// Cuts the longest value, at a character's start, until the position fits.
void Fit(std::vector<std::string>& position) {
  size_t total = 0;
  for (const std::string& value : position) total += kLengthBytes + value.size();
  while (total > kMaxPositionBytes) {
    const auto longest =
        std::max_element(position.begin(), position.end(),
                         [](const auto& a, const auto& b) { return a.size() < b.size(); });
    if (longest->empty()) throw std::invalid_argument("page tokens: a position of too many values");
    const size_t before = longest->size();
    size_t size = before - std::min(before, total - kMaxPositionBytes);
    while (size > 0 && (static_cast<unsigned char>((*longest)[size]) & 0xC0) == 0x80) --size;
    longest->resize(size);
    total -= before - size;
  }
}

std::string Encode(std::vector<std::string> position) {
  Fit(position);
  std::string plain;
  for (const std::string& value : position) {
    AppendLength(plain, value.size(), kLengthBytes);
    plain += value;
  }
  return plain;
}

std::optional<std::vector<std::string>> Decode(std::string_view plain) {
  std::vector<std::string> position;
  while (!plain.empty()) {
    if (plain.size() < kLengthBytes) return std::nullopt;
    const size_t size = static_cast<size_t>(Bytes(plain)[0]) << 8 | Bytes(plain)[1];
    plain.remove_prefix(kLengthBytes);
    if (plain.size() < size) return std::nullopt;
    position.emplace_back(plain.substr(0, size));
    plain.remove_prefix(size);
  }
  return position;
}

using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)>;

// AES-256-GCM for one token, with the query taken in.
CipherContext StartCipher(const Key& key, const Query& query, std::string_view head, bool encrypt) {
  CipherContext context(EVP_CIPHER_CTX_new(), &EVP_CIPHER_CTX_free);
  Require(context != nullptr);
  const Key token_key = DeriveForToken(key, head);
  const std::string data = AssociatedData(query, head);
  int size = 0;
  Require(EVP_CipherInit_ex(context.get(), EVP_aes_256_gcm(), nullptr, token_key.data(),
                            Bytes(head.substr(1 + kSaltBytes)), encrypt ? 1 : 0) == 1);
  Require(EVP_CipherUpdate(context.get(), nullptr, &size, Bytes(data),
                           static_cast<int>(data.size())) == 1);
  return context;
}

absl::Status Invalid() {
  FieldViolations violations;
  violations.Add("page_token", "was not given for this list, filter, order and caller.");
  return violations.ToStatus(common::v1::PAGE_TOKEN_INVALID);
}

}  // namespace

PageTokens::PageTokens(std::string_view key) {
  if (key.size() < kMinKeyBytes) throw std::invalid_argument("page tokens: the key is too short");
  key_ = Derive(key, "partnerlink page tokens");
}

std::string PageTokens::Seal(const Query& query, const std::vector<std::string>& position) const {
  std::string head(kHeadBytes, kVersion);
  Require(RAND_bytes(Bytes(head) + 1, static_cast<int>(kHeadBytes - 1)) == 1);
  const std::string plain = Encode(position);
  std::string sealed(plain.size(), '\0');
  std::string tag(kTagBytes, '\0');
  int size = 0;
  const CipherContext context = StartCipher(key_, query, head, /*encrypt=*/true);
  Require(EVP_CipherUpdate(context.get(), Bytes(sealed), &size, Bytes(plain),
                           static_cast<int>(plain.size())) == 1);
  Require(EVP_CipherFinal_ex(context.get(), Bytes(tag), &size) == 1);
  Require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_GET_TAG, kTagBytes, tag.data()) == 1);
  return absl::WebSafeBase64Escape(head + sealed + tag);
}

absl::StatusOr<std::vector<std::string>> PageTokens::Open(const Query& query,
                                                          std::string_view token) const {
  if (token.empty()) return std::vector<std::string>();
  const std::string spelled(token.substr(0, kMaxTokenCharacters));
  std::string raw;
  // Compared after the way back: the decoder also takes padding, spaces and stray last bits.
  if (token.size() > kMaxTokenCharacters || !absl::WebSafeBase64Unescape(spelled, &raw) ||
      absl::WebSafeBase64Escape(raw) != spelled || raw.size() < kHeadBytes + kTagBytes ||
      raw[0] != kVersion) {
    return Invalid();
  }
  const std::string_view head = std::string_view(raw).substr(0, kHeadBytes);
  const std::string_view sealed =
      std::string_view(raw).substr(kHeadBytes, raw.size() - kHeadBytes - kTagBytes);
  std::string plain(sealed.size(), '\0');
  std::string tag = raw.substr(raw.size() - kTagBytes);
  int size = 0;
  const CipherContext context = StartCipher(key_, query, head, /*encrypt=*/false);
  Require(EVP_CipherUpdate(context.get(), Bytes(plain), &size, Bytes(sealed),
                           static_cast<int>(sealed.size())) == 1);
  Require(EVP_CIPHER_CTX_ctrl(context.get(), EVP_CTRL_AEAD_SET_TAG, kTagBytes, tag.data()) == 1);
  std::array<unsigned char, kTagBytes> rest;
  if (EVP_CipherFinal_ex(context.get(), rest.data(), &size) != 1) return Invalid();
  auto position = Decode(plain);
  if (!position) return Invalid();
  return *std::move(position);
}

}  // namespace partnerlink::paging
