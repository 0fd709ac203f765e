#include "common/identifier/uuid.h"

#include <openssl/rand.h>
#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"

namespace partnerlink {
namespace {

using Bytes = std::array<unsigned char, 16>;

// Taken in stock: asking OpenSSL costs the same for one as for many, and as much as the rest of a
// call's bookkeeping.
Bytes RandomBytes() {
  thread_local std::array<Bytes, 64> stock;
  thread_local size_t left = 0;
  if (left == 0) {
    // Without random numbers nothing this process makes is safe: a state not to be survived.
    if (RAND_bytes(stock.front().data(), static_cast<int>(sizeof stock)) != 1) std::abort();
    left = stock.size();
  }
  return stock[--left];
}

std::string Format(const Bytes& bytes) {
  const std::string hex = absl::BytesToHexString(
      absl::string_view(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  const absl::string_view digits = hex;
  return absl::StrCat(digits.substr(0, 8), "-", digits.substr(8, 4), "-", digits.substr(12, 4), "-",
                      digits.substr(16, 4), "-", digits.substr(20));
}

}  // namespace

std::string NewUuid() {
  Bytes bytes = RandomBytes();
  const auto milliseconds = static_cast<uint64_t>(absl::ToUnixMillis(absl::Now()));
  for (size_t i = 0; i < 6; ++i) {
    bytes[i] = static_cast<unsigned char>(milliseconds >> (8 * (5 - i)));
  }
  bytes[6] = static_cast<unsigned char>(0x70 | (bytes[6] & 0x0F));
  bytes[8] = static_cast<unsigned char>(0x80 | (bytes[8] & 0x3F));
  return Format(bytes);
}

std::string DerivedUuid(std::string_view seed) {
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest;
  SHA256(reinterpret_cast<const unsigned char*>(seed.data()), seed.size(), digest.data());
  Bytes bytes;
  std::copy_n(digest.begin(), bytes.size(), bytes.begin());
  bytes[6] = static_cast<unsigned char>(0x80 | (bytes[6] & 0x0F));
  bytes[8] = static_cast<unsigned char>(0x80 | (bytes[8] & 0x3F));
  return Format(bytes);
}

}  // namespace partnerlink
