#include "common/auth/jws.h"

#include <string>

#include "common/auth/testing/tokens.h"
#include "gtest/gtest.h"

namespace partnerlink::auth {
namespace {

using testing::Base64Url;

std::string TokenWith(const std::string& signature) {
  return Base64Url(R"({"alg":"ES256","kid":"one"})") + "." + Base64Url(R"({"sub":"ada"})") + "." +
         Base64Url(signature);
}

std::string Number(unsigned char last) { return std::string(31, '\0') + static_cast<char>(last); }

// The order of P-256 with its last byte, 0x51, as given.
std::string NearOrder(unsigned char last) {
  std::string number(
      "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
      "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51",
      32);
  number.back() = static_cast<char>(last);
  return number;
}

TEST(ParseJwsTest, ATokenIsTakenApart) {
  const auto jws = ParseJws(TokenWith(Number(1) + Number(1)));
  ASSERT_TRUE(jws.ok()) << jws.status();
  EXPECT_EQ(jws->key_id, "one");
  EXPECT_EQ(StringAt(jws->payload.get(), "sub"), "ada");
}

TEST(ParseJwsTest, BothNumbersOfASignatureLieBetweenOneAndTheOrderMinusOne) {
  EXPECT_TRUE(ParseJws(TokenWith(Number(1) + NearOrder(0x50))).ok());
  EXPECT_TRUE(ParseJws(TokenWith(NearOrder(0x50) + Number(1))).ok());
  for (const std::string& bad :
       {Number(0), NearOrder(0x51), NearOrder(0x52), std::string(32, '\xff')}) {
    EXPECT_FALSE(ParseJws(TokenWith(bad + Number(1))).ok());
    EXPECT_FALSE(ParseJws(TokenWith(Number(1) + bad)).ok());
  }
}

}  // namespace
}  // namespace partnerlink::auth
