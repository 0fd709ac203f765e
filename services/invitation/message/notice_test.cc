#include "services/invitation/message/notice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cctype>
#include <string>
#include <vector>

#include "absl/strings/str_replace.h"

namespace partnerlink::invitation::message {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr NoticeKind kKinds[] = {NoticeKind::kRelationshipRemoved,
                                 NoticeKind::kGrantApprovalRequested};
const Sending kSending = {.sender = "notices@partners.example",
                          .date = absl::FromUnixSeconds(1793000000)};

NoticeContent ExampleNotice() {
  return {.kind = NoticeKind::kRelationshipRemoved,
          .notice_id = "0197c1c2-89ab-7cde-8f01-23456789abcd",
          .locale = "en-GB",
          .partner_display_name = "Contoso",
          .customer_display_name = "Northwind",
          .recipient = "ann@northwind.example"};
}

// What a reader of quoted-printable makes of it.
std::string Read(const std::string& bytes) {
  const std::string joined = absl::StrReplaceAll(bytes, {{"=\r\n", ""}});
  std::string text;
  for (size_t i = 0; i < joined.size(); ++i) {
    if (joined[i] == '=' && i + 2 < joined.size() && std::isxdigit(joined[i + 1]) != 0 &&
        std::isxdigit(joined[i + 2]) != 0) {
      text.push_back(static_cast<char>(std::stoi(joined.substr(i + 1, 2), nullptr, 16)));
      i += 2;
    } else {
      text.push_back(joined[i]);
    }
  }
  return text;
}

TEST(RenderNoticeTest, EachKindHasWordsOfItsOwnInEachLanguage) {
  const struct {
    NoticeKind kind;
    const char* locale;
    const char* words;
  } table[] = {
      {kKinds[0], "en", "has ended a relationship with your company"},
      {kKinds[0], "de-AT", "Geschäftsbeziehung mit Ihrem Unternehmen beendet"},
      {kKinds[0], "pl", "zakończył relację z Państwa firmą"},
      {kKinds[0], "fr", "has ended a relationship with your company"},
      {kKinds[1], "en", "asks your company for delegated administration rights"},
      {kKinds[1], "de", "bittet Ihr Unternehmen um delegierte Verwaltungsrechte"},
      {kKinds[1], "pl-PL", "o delegowane uprawnienia administracyjne"},
      {kKinds[1], "", "asks your company for delegated administration rights"},
  };
  for (const auto& row : table) {
    NoticeContent content = ExampleNotice();
    content.kind = row.kind;
    content.locale = row.locale;
    const auto bytes = RenderNotice(content, kSending);
    ASSERT_TRUE(bytes.ok()) << bytes.status();
    const std::string read = Read(*bytes);
    EXPECT_THAT(read, HasSubstr(row.words)) << row.locale;
    EXPECT_THAT(read, HasSubstr("Contoso"));
    EXPECT_THAT(read, HasSubstr("Northwind"));
    EXPECT_THAT(read, Not(HasSubstr("{{")));
  }
}

TEST(RenderNoticeTest, GoesToOneRecipientUnderOneIdInEqualBytes) {
  const auto bytes = RenderNotice(ExampleNotice(), kSending);
  ASSERT_TRUE(bytes.ok()) << bytes.status();
  EXPECT_THAT(*bytes, HasSubstr("\r\nTo: ann@northwind.example\r\n"));
  EXPECT_THAT(*bytes,
              HasSubstr("Message-ID: <0197c1c2-89ab-7cde-8f01-23456789abcd@partners.example>"));
  EXPECT_THAT(*bytes, HasSubstr("Auto-Submitted: auto-generated"));
  EXPECT_EQ(*bytes, *RenderNotice(ExampleNotice(), kSending));
}

TEST(RenderNoticeTest, NoNameBecomesMarkupOrALink) {
  for (const char* name : {"<script>alert(1)</script>", "https://evil.example/x", "evil.com",
                           "{{PARTNER}} {{link}}", "\"><a href=x>", "www.evil.example"}) {
    for (const NoticeKind kind : kKinds) {
      NoticeContent content = ExampleNotice();
      content.kind = kind;
      content.partner_display_name = name;
      content.customer_display_name = name;
      const auto bytes = RenderNotice(content, kSending);
      ASSERT_TRUE(bytes.ok()) << name << ": " << bytes.status();
      const std::string read = Read(*bytes);
      EXPECT_THAT(read, Not(HasSubstr("://"))) << name;
      const std::string html = read.substr(read.find("<!DOCTYPE"));
      EXPECT_THAT(html, Not(HasSubstr("<script"))) << name;
      EXPECT_THAT(html, Not(HasSubstr("<a "))) << name;
    }
  }
}

TEST(RenderNoticeTest, WhatNoCheckedRowHoldsIsNotRendered) {
  const std::vector<void (*)(NoticeContent&)> faults = {
      [](NoticeContent& c) { c.notice_id = "1"; },
      [](NoticeContent& c) { c.recipient = ""; },
      [](NoticeContent& c) { c.recipient = "a@b.example, c@d.example"; },
      [](NoticeContent& c) { c.partner_display_name = ""; },
      [](NoticeContent& c) { c.partner_display_name = "a\r\nBcc: x@y.example"; },
      [](NoticeContent& c) { c.customer_display_name = "\xff"; },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    NoticeContent content = ExampleNotice();
    faults[i](content);
    EXPECT_EQ(RenderNotice(content, kSending).status().code(), absl::StatusCode::kInternal) << i;
  }
}

}  // namespace
}  // namespace partnerlink::invitation::message
