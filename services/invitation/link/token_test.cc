#include "services/invitation/link/token.h"

#include <gtest/gtest.h>

#include <string>

namespace partnerlink::invitation::link {
namespace {

constexpr char kId[] = "0197c1c2-89ab-7cde-8f01-23456789abcd";

Token Example() {
  Token token{.kind = 1, .invitation = *UuidBytes(kId), .generation = 0x01020304};
  for (size_t i = 0; i < token.secret.size(); ++i) token.secret[i] = static_cast<uint8_t>(i + 200);
  return token;
}

TEST(TokenTest, HasItsDocumentedForm) {
  EXPECT_EQ(FormatToken(Example()),
            "AQEBl8HCiat83o8BI0VniavNAQIDBMjJysvMzc7P0NHS09TV1tfY2drb3N3e3-Dh4uPk5ebn");
  EXPECT_EQ(FormatToken(Example()).size(), kTokenLength);
}

TEST(TokenTest, IsReadBackAloneAndInALink) {
  const std::string text = FormatToken(Example());
  for (const std::string& spelling :
       {text, " \t" + text + "\r\n", "https://p.example/invite#" + text,
        " https://p.example/invite#" + text + " ", "#" + text}) {
    const auto token = ParseToken(spelling);
    ASSERT_TRUE(token) << spelling;
    EXPECT_EQ(token->kind, 1);
    EXPECT_EQ(token->generation, 0x01020304);
    EXPECT_EQ(InvitationId(*token), kId);
    EXPECT_EQ(token->secret, Example().secret);
  }
}

TEST(TokenTest, AnythingElseIsNone) {
  const std::string text = FormatToken(Example());
  const std::string cases[] = {"",
                               "#",
                               text.substr(1),
                               text + "A",
                               text + "=",
                               text + "#",
                               text + " " + text,
                               text.substr(0, 71) + "=",
                               text.substr(0, 71) + "+",
                               text.substr(0, 71) + "/",
                               text.substr(0, 71) + std::string(1, '\0'),
                               text.substr(0, 70) + "\xC4\x85",
                               text.substr(0, 36) + " " + text.substr(37),
                               "https://p.example/" + text,
                               "https://p.example/#a#" + text,
                               std::string(kMaxTokenText, ' ') + text};
  for (const std::string& spelling : cases) EXPECT_FALSE(ParseToken(spelling)) << spelling;
}

TEST(TokenTest, EveryOneOf512BytesIsRead) {
  const std::string text = FormatToken(Example());
  EXPECT_TRUE(ParseToken(std::string(kMaxTokenText - text.size(), ' ') + text));
  EXPECT_FALSE(ParseToken(std::string(kMaxTokenText - text.size() + 1, ' ') + text));
}

TEST(TokenTest, UnknownVersionsAndGenerationsAreNone) {
  std::string text = FormatToken(Example());
  text[1] = 'g';  // the version's last bits
  EXPECT_FALSE(ParseToken(text));
  Token token = Example();
  for (const int32_t generation : {0, -1}) {
    token.generation = generation;
    EXPECT_FALSE(ParseToken(FormatToken(token))) << generation;
  }
}

TEST(TokenTest, UuidsAreStrict) {
  EXPECT_TRUE(UuidBytes(kId));
  for (const char* text : {"", "0197C1C2-89AB-7CDE-8F01-23456789ABCD", "%32", "0197c1c2"}) {
    EXPECT_FALSE(UuidBytes(text)) << text;
  }
}

}  // namespace
}  // namespace partnerlink::invitation::link
