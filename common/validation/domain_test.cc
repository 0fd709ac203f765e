#include "common/validation/domain.h"

#include <gtest/gtest.h>

namespace partnerlink::validation {
namespace {

using std::string_view_literals::operator""sv;

TEST(DomainTest, HasOneForm) {
  EXPECT_EQ(NormaliseDomain("contoso.example"), "contoso.example");
  EXPECT_EQ(NormaliseDomain("Contoso.EXAMPLE"), "contoso.example");
  EXPECT_EQ(NormaliseDomain("Müller.Example"), "xn--mller-kva.example");
  EXPECT_EQ(NormaliseDomain("mu\u0308ller.example"), "xn--mller-kva.example");
  EXPECT_EQ(NormaliseDomain("xn--mller-kva.example"), "xn--mller-kva.example");
  EXPECT_EQ(NormaliseDomain("straße.example"), "xn--strae-oqa.example");
  EXPECT_EQ(NormaliseDomain("例え。テスト"), "xn--r8jz45g.xn--zckzah");
  EXPECT_EQ(NormaliseDomain("ｃｏｎｔｏｓｏ.example"), "contoso.example");
  EXPECT_EQ(NormaliseDomain("3m.example"), "3m.example");
}

TEST(DomainTest, WhatIsNoDomainIsRefused) {
  for (const auto text : {""sv,
                          "."sv,
                          "contoso"sv,
                          "contoso."sv,
                          "contoso.example."sv,
                          ".example"sv,
                          "a..b"sv,
                          "-a.example"sv,
                          "a-.example"sv,
                          "a_b.example"sv,
                          "a b.example"sv,
                          "a\0.example"sv,
                          "contoso.example\0.evil"sv,
                          "192.168.0.1"sv,
                          "a.1"sv,
                          "a/b.example"sv,
                          "a@b.example"sv,
                          "a.exam\nple"sv,
                          "xn--a.example"sv,
                          "xn--.example"sv,
                          "\xFF.example"sv,
                          "a\u200Bb.example"sv,
                          "ab.example\u202E"sv,
                          "a,b.example"sv,
                          "a\u2044b.example"sv,
                          "a℀b.example"sv,
                          "contoso.example。"sv}) {
    EXPECT_EQ(NormaliseDomain(text), std::nullopt) << text;
  }
}

TEST(DomainTest, LengthsAreBounded) {
  const std::string label(63, 'a');
  EXPECT_TRUE(NormaliseDomain(label + ".example"));
  EXPECT_FALSE(NormaliseDomain(label + "a.example"));
  const std::string three = label + "." + label + "." + label + ".";
  EXPECT_TRUE(NormaliseDomain(three + std::string(61, 'b')));
  EXPECT_FALSE(NormaliseDomain(three + std::string(62, 'b')));
  EXPECT_FALSE(NormaliseDomain(std::string(100'000, 'a') + ".example"));
}

TEST(DomainTest, ANormalFormIsItsOwn) {
  for (const auto text : {"Müller.Example", "例え.テスト", "FAß.example"}) {
    const auto once = NormaliseDomain(text);
    ASSERT_TRUE(once) << text;
    EXPECT_EQ(NormaliseDomain(*once), once);
  }
}

}  // namespace
}  // namespace partnerlink::validation
