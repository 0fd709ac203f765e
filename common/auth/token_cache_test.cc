#include "common/auth/token_cache.h"

#include "gtest/gtest.h"

namespace partnerlink::auth {
namespace {

TokenDigest DigestOf(int number) {
  TokenDigest digest{};
  digest[0] = static_cast<unsigned char>(number);
  digest[1] = static_cast<unsigned char>(number >> 8);
  return digest;
}

std::shared_ptr<const TokenClaims> ClaimsOf(int number) {
  TokenClaims claims;
  claims.principal.subject = std::to_string(number);
  return std::make_shared<const TokenClaims>(std::move(claims));
}

TEST(TokenCacheTest, ATokenIsFoundWithTheKeysThatVerifiedIt) {
  TokenCache cache(100);
  cache.Insert(DigestOf(1), 7, ClaimsOf(1));
  ASSERT_NE(cache.Find(DigestOf(1), 7), nullptr);
  EXPECT_EQ(cache.Find(DigestOf(1), 7)->principal.subject, "1");
  EXPECT_EQ(cache.Find(DigestOf(1), 8), nullptr);
  EXPECT_EQ(cache.Find(DigestOf(2), 7), nullptr);
}

TEST(TokenCacheTest, ATokenVerifiedAgainTakesItsOldPlace) {
  TokenCache cache(1);
  cache.Insert(DigestOf(1), 7, ClaimsOf(1));
  cache.Insert(DigestOf(1), 8, ClaimsOf(2));
  EXPECT_EQ(cache.Find(DigestOf(1), 7), nullptr);
  EXPECT_EQ(cache.Find(DigestOf(1), 8)->principal.subject, "2");
  EXPECT_EQ(cache.size(), 1u);
}

TEST(TokenCacheTest, ItNeverHoldsMoreThanItsCapacity) {
  for (const size_t capacity : {0u, 1u, 10u, 16u, 100u}) {
    TokenCache cache(capacity);
    for (int i = 0; i < 5000; ++i) cache.Insert(DigestOf(i), 1, ClaimsOf(i));
    EXPECT_LE(cache.size(), capacity);
    EXPECT_GE(cache.size() * 2, capacity);
    if (capacity > 0) {
      EXPECT_NE(cache.Find(DigestOf(4999), 1), nullptr);
    }
    EXPECT_EQ(cache.Find(DigestOf(0), 1), nullptr);
  }
}

}  // namespace
}  // namespace partnerlink::auth
