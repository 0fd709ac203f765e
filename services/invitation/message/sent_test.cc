#include "services/invitation/message/sent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_replace.h"
#include "services/invitation/message/mail.h"

namespace partnerlink::invitation::message {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr char kSentLink[] =
    "https://partnerlink.example:8443/invite#AQEBl8HCiat83o8BI0VniavNAAAAAcjJysvMzc7P0NHS09TV1tfY2"
    "drb3N3e3-Dh4uPk5ebn";
constexpr char kRecipient[] = "jane+x@xn--mller-kva.example";

Content ExampleToSend() {
  return {.locale = "en-GB",
          .subject = "Zaproszenie od żółtej firmy",
          .body_text =
              "\nHello <b>Jane</b> & \"co\" of jane@contoso.example,\nour style:\n\n"
              "Open {{link}}.\n.\n\nŁódź = 100 %\n",
          .link = kSentLink,
          .recipient = "jane+x@müller.example",
          .invitation_id = "0197c1c2-89ab-7cde-8f01-23456789abcd",
          .generation = 3};
}

Sending ByUs() {
  return {.sender = "invitations@partners.example",
          .date = absl::FromUnixSeconds(1'764'127'896)};  // 2025-11-26T03:31:36Z
}

TEST(RenderSentTest, TheHeadersAreThoseOfAMailThatAProgramSends) {
  const auto bytes = RenderSent(ExampleToSend(), ByUs());
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_THAT(*bytes, StartsWith("From: invitations@partners.example\r\n"
                                 "To: jane+x@xn--mller-kva.example\r\n"
                                 "Subject: =?UTF-8?B?"));
  EXPECT_THAT(*bytes, HasSubstr("\r\nDate: Wed, 26 Nov 2025 03:31:36 +0000\r\n"
                                "Auto-Submitted: auto-generated\r\n"
                                "Message-ID: <0197c1c2-89ab-7cde-8f01-23456789abcd.3@"
                                "partners.example>\r\n"));
  EXPECT_THAT(*bytes, Not(HasSubstr("X-Unsent")));
}

TEST(RenderSentTest, TheContentIsThatOfTheDraft) {
  const std::string draft = Render(ExampleToSend())->eml;
  const std::string sent = *RenderSent(ExampleToSend(), ByUs());
  EXPECT_EQ(sent.substr(sent.find("\r\n\r\n")), draft.substr(draft.find("\r\n\r\n")));
}

TEST(RenderSentTest, NothingIsSentToNobodyOrWithAnotherWebAddress) {
  Content nobody = ExampleToSend();
  nobody.recipient.clear();
  EXPECT_EQ(RenderSent(nobody, ByUs()).status().code(), absl::StatusCode::kInternal);
  for (const char* body :
       {"{{link}} and https://evil.example", "{{link}} or www.evil.example/x", "{{link}} evil.com",
        "no link", "{{link}}{{link}}", "Join {{link}}now"}) {
    Content content = ExampleToSend();
    content.body_text = body;
    EXPECT_EQ(RenderSent(content, ByUs()).status().code(), absl::StatusCode::kInternal) << body;
  }
  Content subject = ExampleToSend();
  subject.subject = "See https://evil.example";
  EXPECT_EQ(RenderSent(subject, ByUs()).status().code(), absl::StatusCode::kInternal);
}

TEST(CheckSentTest, FindsEveryPlantedFault) {
  const std::string good = *RenderSent(ExampleToSend(), ByUs());
  ASSERT_TRUE(CheckSent(good, kRecipient, kSentLink).ok())
      << CheckSent(good, kRecipient, kSentLink);
  const std::pair<const char*, const char*> faults[] = {
      {"To: jane+x@xn--mller-kva.example", "To: jane+x@xn--mller-kva.example, x@evil.example"},
      {"To: jane+x@xn--mller-kva.example", "To: x@evil.example"},
      {"\r\nDate:", "\r\nBcc: x@evil.example\r\nDate:"},
      {"\r\nDate:", "\nBcc: x@evil.example\r\nDate:"},
      {"Auto-Submitted: auto-generated\r\n", ""},
      {"multipart/alternative", "multipart/mixed"},
      {"text/html", "text/plain"},
      {"our style", "evil.com/x"},
      {"our style", "http://x"},
      {"Open https", "Openhttps"},
      {"Dh4uPk5ebn.\r\n.", "Dh4uPk5ebnx.\r\n."},
      {"Open https://partnerlink.example:8443", "Open https://partnerlink.evil:8443"},
      {"<p dir=3D\"auto\">", "<p dir=3D\"rtl\">"},
      {"<a href=", "<img src=3D\"x\"><a href="},
      {"</body>", "<script></script></body>"},
      {"--\r\n", "\r\n\r\nmore\r\n"}};
  for (const auto& [from, to] : faults) {
    const std::string bad = absl::StrReplaceAll(good, {{from, to}});
    ASSERT_NE(bad, good) << from;
    const absl::Status found = CheckSent(bad, kRecipient, kSentLink);
    EXPECT_FALSE(found.ok()) << from << " as " << to;
    EXPECT_THAT(std::string(found.message()), Not(HasSubstr("evil")));
  }
  EXPECT_FALSE(CheckSent(good, "other@contoso.example", kSentLink).ok());
  EXPECT_FALSE(CheckSent(good, kRecipient, "https://partnerlink.example/invite#other").ok());
  for (size_t length = 0; length < good.size(); length += 7) {
    EXPECT_FALSE(CheckSent(good.substr(0, length), kRecipient, kSentLink).ok()) << length;
  }
}

}  // namespace
}  // namespace partnerlink::invitation::message
