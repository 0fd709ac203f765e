#include "services/invitation/message/mime.h"

#include <gtest/gtest.h>

#include <sstream>

namespace partnerlink::invitation::message {
namespace {

using std::string_view_literals::operator""sv;

void ExpectLinesFit(const std::string& text) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    ASSERT_TRUE(line.ends_with('\r')) << line;
    EXPECT_LE(line.size(), 77u) << line;
    EXPECT_EQ(line.find('\r'), line.size() - 1);
  }
}

TEST(QuotedPrintableTest, EncodesWhatRfc2045Says) {
  EXPECT_EQ(QuotedPrintable(""), "");
  EXPECT_EQ(QuotedPrintable("plain"), "plain\r\n");
  EXPECT_EQ(QuotedPrintable("a=b\n"), "a=3Db\r\n");
  EXPECT_EQ(QuotedPrintable("a \nb\t\n\n c"), "a=20\r\nb=09\r\n\r\n c\r\n");
  EXPECT_EQ(QuotedPrintable("ąß"), "=C4=85=C3=9F\r\n");
  EXPECT_EQ(QuotedPrintable("a\rb\0"sv), "a=0Db=00\r\n");
}

TEST(QuotedPrintableTest, BreaksLongLinesSoftly) {
  EXPECT_EQ(QuotedPrintable(std::string(76, 'a')), std::string(76, 'a') + "\r\n");
  EXPECT_EQ(QuotedPrintable(std::string(77, 'a')), std::string(75, 'a') + "=\r\naa\r\n");
  for (size_t length = 70; length < 80; ++length) {
    ExpectLinesFit(QuotedPrintable(std::string(length, 'a') + "ąąą"));
    ExpectLinesFit(QuotedPrintable(std::string(length, 'a') + " "));
  }
}

TEST(HeaderLineTest, ShortAsciiStaysAsItIs) {
  EXPECT_EQ(HeaderLine("Subject", "Hello, you"), "Subject: Hello, you\r\n");
  EXPECT_EQ(HeaderLine("Subject", ""), "Subject: \r\n");
}

TEST(HeaderLineTest, AnythingElseBecomesEncodedWords) {
  EXPECT_EQ(HeaderLine("Subject", "Zażółć"), "Subject: =?UTF-8?B?WmHFvMOzxYLEhw==?=\r\n");
  EXPECT_EQ(HeaderLine("Subject", "=?x"), "Subject: =?UTF-8?B?PT94?=\r\n");
  std::string text;
  for (int i = 0; i < 200; ++i) text += i % 3 == 0 ? "日" : "a";
  const std::string line = HeaderLine("Subject", text);
  ExpectLinesFit(line);
  EXPECT_NE(line.find("?=\r\n =?UTF-8?B?"), std::string::npos);
}

TEST(HeaderLineTest, AValueCannotEndTheHeader) {
  EXPECT_EQ(HeaderLine("Subject", "a\r\nBcc: x\0"sv), "Subject: aBcc: x\r\n");
}

}  // namespace
}  // namespace partnerlink::invitation::message
