#include "common/validation/text.h"

#include <gtest/gtest.h>

namespace partnerlink::validation {
namespace {

using std::string_view_literals::operator""sv;

TEST(TextTest, Utf8IsStrict) {
  for (const auto text : {""sv, "a"sv, "zażółć"sv, "日本"sv, "😀"sv, "a\0b"sv}) {
    EXPECT_TRUE(IsValidUtf8(text)) << text;
  }
  for (const auto text : {"\x80"sv, "\xC0\xAF"sv, "\xE2\x82"sv, "\xED\xA0\x80"sv,
                          "\xF4\x90\x80\x80"sv, "\xFF"sv, "ok\xC3"sv}) {
    EXPECT_FALSE(IsValidUtf8(text));
  }
}

TEST(TextTest, LengthsAreCodePoints) {
  EXPECT_EQ(CodePoints(""), 0u);
  EXPECT_EQ(CodePoints("zażółć"), 6u);
  EXPECT_EQ(CodePoints("日本😀"), 3u);
  EXPECT_EQ(CodePoints("a\0b"sv), 3u);
}

TEST(TextTest, ControlsAreSeenUnlessAllowed) {
  for (const auto text : {"\n"sv, "a\tb"sv, "\0"sv, "\x7F"sv, "\xC2\x85"sv, "a\u2028b"sv}) {
    EXPECT_TRUE(HasControl(text));
  }
  EXPECT_FALSE(HasControl("plain ąę 日本"));
  EXPECT_FALSE(HasControl("a\n\tb", "\n\t"));
  EXPECT_TRUE(HasControl("a\r\nb", "\n\t"));
}

TEST(TextTest, BidiAndZeroWidthAreSeen) {
  for (const auto text : {"\u202E"sv, "\u2066"sv, "\u2069"sv, "\u200E"sv, "\u061C"sv, "\u200B"sv,
                          "\u200D"sv, "\u2060"sv, "\uFEFF"sv, "\u00AD"sv, "\U000E0041"sv}) {
    EXPECT_TRUE(HasFormat(text)) << text;
  }
  EXPECT_FALSE(HasFormat("עברית العربية ąę 😀\uFE0F"));
}

TEST(TextTest, NfcIsToldFromNfd) {
  EXPECT_TRUE(IsNfc(""));
  EXPECT_TRUE(IsNfc("za\u017C"));
  EXPECT_FALSE(IsNfc("zaz\u0307"));
}

TEST(TextTest, CompatibilityFormMakesFullWidthPlain) {
  EXPECT_EQ(CompatibilityForm("ｈｔｔｐ：／／ａ．b"), U"http://a.b");
  EXPECT_EQ(CompatibilityForm(""), U"");
  EXPECT_EQ(ToUtf8(CompatibilityForm("zażółć 日本 😀")), "zażółć 日本 😀");
}

TEST(TextTest, ProblemsAreNamed) {
  EXPECT_EQ(TextProblem("Contoso", 1, 200), "");
  EXPECT_EQ(TextProblem("", 0, 200), "");
  EXPECT_EQ(TextProblem("", 1, 200), "must have 1 to 200 characters");
  EXPECT_EQ(TextProblem(" \u00A0 ", 1, 200), "must not be blank");
  EXPECT_EQ(TextProblem("ąąą", 0, 2), "must have at most 2 characters");
  EXPECT_EQ(TextProblem("\xFF", 1, 200), "is not valid UTF-8");
  EXPECT_EQ(TextProblem("a\nb", 1, 200), "must be one line without control characters");
  EXPECT_EQ(TextProblem("a\nb", 1, 200, "\n"), "");
  EXPECT_EQ(TextProblem("a\rb", 1, 200, "\n"), "must not hold control characters");
  EXPECT_EQ(TextProblem("a\u202Eb", 1, 200),
            "must not hold invisible or text-direction characters");
}

TEST(TextTest, CountryCodesAreTheAssignedOnes) {
  int assigned = 0;
  for (char a = 'A'; a <= 'Z'; ++a) {
    for (char b = 'A'; b <= 'Z'; ++b) assigned += IsCountryCode(std::string{a, b});
  }
  EXPECT_EQ(assigned, 249);
  for (const auto code : {"PL", "AD", "ZW", "GB", "US", "SS"}) EXPECT_TRUE(IsCountryCode(code));
  for (const auto code : {"", "P", "pl", "XX", "UK", "EU", "AN", "POL", "D ", " D", "  "}) {
    EXPECT_FALSE(IsCountryCode(code)) << code;
  }
}

TEST(TextTest, AccountIds) {
  for (const auto id : {"abc", "contoso", "a-b", "0197c1c2-0000-7000-8000-000000000000"}) {
    EXPECT_TRUE(IsAccountId(id)) << id;
  }
  EXPECT_TRUE(IsAccountId(std::string(63, 'a')));
  EXPECT_FALSE(IsAccountId(std::string(64, 'a')));
  for (const auto id : {"", "a", "ab", "-ab", "ab-", "Abc", "a_b", "a.b", "a/b", "ab\n", "ąbc"}) {
    EXPECT_FALSE(IsAccountId(id)) << id;
  }
}

TEST(TextTest, UuidsAreCanonical) {
  EXPECT_TRUE(IsUuid("0197c1c2-89ab-7cde-8f01-23456789abcd"));
  for (const auto id :
       {"", "0197C1C2-89ab-7cde-8f01-23456789abcd", "0197c1c289ab7cde8f0123456789abcd",
        "0197c1c2-89ab-7cde-8f01-23456789abc", "{197c1c2-89ab-7cde-8f01-23456789abc}",
        "0197c1c2-89ab-7cde-8f01-23456789abcg"}) {
    EXPECT_FALSE(IsUuid(id)) << id;
  }
}

TEST(TextTest, LanguageTags) {
  for (const auto tag : {"en", "en-GB", "pt-BR", "zh-Hant-TW", "fil", "de-1996"}) {
    EXPECT_TRUE(IsLanguageTag(tag)) << tag;
  }
  for (const auto tag : {"", "e", "engl", "en_GB", "en-", "-en", "12", "en-abcdefghi", "en\"GB",
                         "en-aa-bb-cc-dd-ee-ff-gg-hh-ii-jj-kk-ll"}) {
    EXPECT_FALSE(IsLanguageTag(tag)) << tag;
  }
}

}  // namespace
}  // namespace partnerlink::validation
