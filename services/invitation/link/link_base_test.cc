#include "services/invitation/link/link_base.h"

#include <gtest/gtest.h>

#include "services/invitation/link/token.h"

namespace partnerlink::invitation::link {
namespace {

TEST(LinkBaseTest, HttpsAndLocalHttpAreTaken) {
  for (const char* base :
       {"https://partnerlink.example", "https://partnerlink.example/", "https://gateway/invite",
        "https://partnerlink.example:8443/a/b.html", "https://xn--mller-kva.example/%C3%A9",
        "https://10.0.0.5/invite", "http://localhost:8080/invite", "http://127.0.0.1:8080/invite",
        "http://[::1]:8080/invite", "https://[::1]/invite"}) {
    EXPECT_TRUE(ValidateLinkBase(base).ok()) << base << ": " << ValidateLinkBase(base);
  }
}

TEST(LinkBaseTest, AnythingElseIsRefused) {
  for (const char* base : {"",
                           "partnerlink.example",
                           "//partnerlink.example",
                           "ftp://partnerlink.example",
                           "HTTPS://partnerlink.example",
                           "http://partnerlink.example",
                           "http://127.0.0.2/",
                           "http://localhost.evil.example/",
                           "http://localhost@evil.example/",
                           "https://",
                           "https:///invite",
                           "https://a@b.example/",
                           "https://b.example/#x",
                           "https://b.example#",
                           "https://b.example/?x",
                           "https://b.example?",
                           "https://B.example",
                           "https://müller.example",
                           "https://a..b",
                           "https://.b",
                           "https://b.",
                           "https://-b",
                           "https://b-.c",
                           "https://b_c/",
                           "https://b:",
                           "https://b:0",
                           "https://b:65536",
                           "https://b:80a",
                           "https://b:-1",
                           "https://[::2]/",
                           "https://[::1",
                           "https://b/a b",
                           "https://b/a\"b",
                           "https://b/<a>",
                           "https://b/a\nb",
                           "https://b\\c",
                           "javascript:alert(1)//"}) {
    EXPECT_EQ(ValidateLinkBase(base).code(), absl::StatusCode::kInvalidArgument) << base;
  }
}

TEST(SignUpUrlTest, MayBeEmptyAndHaveAQuery) {
  for (const char* url : {"", "https://partnerlink.example/signup",
                          "https://partnerlink.example/signup?from=a&b=%C3%A9",
                          "https://partnerlink.example?x", "http://localhost:8080/signup?"}) {
    EXPECT_TRUE(ValidateSignUpUrl(url).ok()) << url << ": " << ValidateSignUpUrl(url);
  }
}

TEST(SignUpUrlTest, AnythingElseIsRefused) {
  for (const char* url : {"signup", "javascript:alert(1)", "http://partnerlink.example/signup",
                          "https://a@b.example/", "https://b.example/#x", "https://b.example/?a#x",
                          "https://b.example/?a b", "https://b.example/?\"", "?x", " "}) {
    EXPECT_EQ(ValidateSignUpUrl(url).code(), absl::StatusCode::kInvalidArgument) << url;
  }
}

TEST(LinkBaseTest, ALinkFitsIntoATokenField) {
  const std::string longest = "https://b/" + std::string(429, 'a');
  EXPECT_TRUE(ValidateLinkBase(longest).ok());
  EXPECT_FALSE(ValidateLinkBase(longest + "a").ok());
  EXPECT_EQ(LinkOf(longest, FormatToken(Token{})).size(), kMaxTokenText);
}

TEST(LinkBaseTest, TheTokenIsTheFragment) {
  EXPECT_EQ(LinkOf("https://partnerlink.example/invite", "abc"),
            "https://partnerlink.example/invite#abc");
}

}  // namespace
}  // namespace partnerlink::invitation::link
