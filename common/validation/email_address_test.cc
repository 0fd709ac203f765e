#include "common/validation/email_address.h"

#include <gtest/gtest.h>

namespace partnerlink::validation {
namespace {

using std::string_view_literals::operator""sv;

TEST(EmailAddressTest, KeepsTheLocalPartAndNormalisesTheDomain) {
  EXPECT_EQ(NormaliseEmailAddress("Jane.Doe@Contoso.Example"), "Jane.Doe@contoso.example");
  EXPECT_EQ(NormaliseEmailAddress("j+o'n=!#$%&*/?^_`{|}~-@müller.example"),
            "j+o'n=!#$%&*/?^_`{|}~-@xn--mller-kva.example");
}

TEST(EmailAddressTest, WhatIsNoAddressIsRefused) {
  for (const auto text : {""sv,
                          "@"sv,
                          "jane"sv,
                          "jane@"sv,
                          "@contoso.example"sv,
                          "jane@contoso"sv,
                          "jane@@contoso.example"sv,
                          "a@b@contoso.example"sv,
                          ".jane@contoso.example"sv,
                          "jane.@contoso.example"sv,
                          "ja..ne@contoso.example"sv,
                          "ja ne@contoso.example"sv,
                          "\"jane\"@contoso.example"sv,
                          "jane@[127.0.0.1]"sv,
                          "jane@127.0.0.1"sv,
                          "Jane <jane@contoso.example>"sv,
                          "jane@contoso.example,x@contoso.example"sv,
                          "jane@contoso.example\r\nBcc: x@contoso.example"sv,
                          "jane\n@contoso.example"sv,
                          "jané@contoso.example"sv,
                          "jane@contoso.example."sv,
                          "jane(c)@contoso.example"sv,
                          "jane\0@contoso.example"sv,
                          "jane@contoso.example\0"sv,
                          "mailto:jane@contoso.example"sv}) {
    EXPECT_EQ(NormaliseEmailAddress(text), std::nullopt) << text;
  }
}

TEST(EmailAddressTest, LengthsAreBounded) {
  EXPECT_TRUE(NormaliseEmailAddress(std::string(64, 'a') + "@contoso.example"));
  EXPECT_FALSE(NormaliseEmailAddress(std::string(65, 'a') + "@contoso.example"));
  const std::string label(63, 'a');
  const std::string domain = label + "." + label + "." + label;  // 191
  EXPECT_TRUE(NormaliseEmailAddress(std::string(62, 'a') + "@" + domain));
  EXPECT_FALSE(NormaliseEmailAddress(std::string(63, 'a') + "@" + domain));
}

}  // namespace
}  // namespace partnerlink::validation
