#include "services/invitation/message/validate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "google/rpc/error_details.pb.h"
#include "services/invitation/message/web_address.h"

namespace partnerlink::invitation::message {
namespace {

using std::string_view_literals::operator""sv;
using testing::HasSubstr;

std::string Problem(void (*validate)(std::string_view, FieldViolations&), std::string_view text) {
  FieldViolations violations;
  validate(text, violations);
  return std::string(violations.ToStatus().message());
}

std::string Repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

TEST(ValidateSubjectTest, IsOneLineOf200Characters) {
  for (const auto& text : {std::string("Hello"), Repeated("ą", 200), std::string("50 % {off}")}) {
    EXPECT_EQ(Problem(ValidateSubject, text), "");
  }
  const std::pair<std::string_view, std::string> cases[] = {
      {"", "1 to 200"},          {"  ", "blank"},        {"a\r\nBcc: x", "one line"},
      {"a\u202Eb", "invisible"}, {"a\0b"sv, "one line"}, {"{{link}}", "{{"},
      {"\xFF", "UTF-8"}};
  for (const auto& [text, why] : cases) {
    EXPECT_THAT(Problem(ValidateSubject, text), HasSubstr(why));
    EXPECT_THAT(Problem(ValidateSubject, text), HasSubstr("invitation.subject: "));
  }
  EXPECT_THAT(Problem(ValidateSubject, Repeated("ą", 201)), HasSubstr("1 to 200"));
}

TEST(ValidateNoteTest, IsOnePlainParagraph) {
  for (const auto& text : {std::string(), Repeated("ą", 2000),
                           std::string("We met in Łódź, e.g. at 3.5 km @ noon.")}) {
    EXPECT_EQ(Problem(ValidateNote, text), "");
  }
  const std::pair<std::string_view, std::string> cases[] = {
      {"a\nb", "one line"},
      {"a\tb", "one line"},
      {"zaz\u0307", "NFC"},
      {"a\u200Bb", "invisible"},
      {"see {{link}}", "{{"},
      {"https://evil.example", "web address"},
      {"www.evil.test", "web address"},
      {"evil.com", "web address"},
      {"jane@contoso.example", "mail address"},
      {"jane＠contoso", "mail address"}};
  for (const auto& [text, why] : cases) {
    EXPECT_THAT(Problem(ValidateNote, text), HasSubstr(why)) << text;
    EXPECT_THAT(Problem(ValidateNote, text), HasSubstr("invitation.note: "));
  }
  EXPECT_THAT(Problem(ValidateNote, Repeated("ą", 2001)), HasSubstr("at most 2000"));
}

TEST(ValidateBodyTest, IsPlainTextOf10000Characters) {
  for (const auto& text : {std::string("a\n\tb"), Repeated("ą", 10'000)}) {
    EXPECT_EQ(Problem(ValidateBody, text), "");
  }
  for (const auto text : {""sv, "\n"sv, "a\r\nb"sv, "a\0b"sv, "a\x7F"sv, "a\u202Eb"sv, "a\u2066b"sv,
                          "a\u200Bb"sv, "\xC3"sv, "a\u2028b"sv}) {
    EXPECT_THAT(Problem(ValidateBody, text), HasSubstr("invitation.body_text: "));
  }
  EXPECT_THAT(Problem(ValidateBody, Repeated("ą", 10'001)), HasSubstr("1 to 10000"));
}

TEST(ValidateBodyLinkTest, TheLinkIsThereOnce) {
  EXPECT_TRUE(ValidateBodyLink("{{link}}").ok());
  EXPECT_TRUE(ValidateBodyLink("Open <{{link}}>, please.").ok());
  for (const auto text : {"", "Hello", "{{ link }}", "{{LINK}}", "{link}"}) {
    EXPECT_EQ(ReasonOf(ValidateBodyLink(text)), common::v1::LINK_MISSING) << text;
  }
  EXPECT_EQ(ReasonOf(ValidateBodyLink("{{link}} {{link}}")), common::v1::LINK_DUPLICATED);
  EXPECT_EQ(ReasonOf(ValidateBodyLink("{{link}}{{link}}")), common::v1::LINK_DUPLICATED);
}

TEST(ValidateBodyLinkTest, AForeignAddressIsNamed) {
  const absl::Status status = ValidateBodyLink("Open {{link}} or http://evil.example/x now");
  EXPECT_EQ(status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(ReasonOf(status), common::v1::LINK_FOREIGN);
  EXPECT_THAT(std::string(status.message()), HasSubstr("http://evil.example/x"));
  google::rpc::BadRequest bad;
  const auto rpc = ToRpcStatus(status);
  ASSERT_TRUE(rpc.details(1).UnpackTo(&bad));
  EXPECT_EQ(bad.field_violations(0).field(), "invitation.body_text");
}

TEST(ValidateBodyLinkTest, ALinkCannotBePartOfAnotherAddress) {
  for (const auto text : {"https://evil.example/?to={{link}}", "evil.test/{{link}}",
                          "evil.com?{{link}}", "{{link}}.evil.com", "{{link}}@evil.com/x"}) {
    EXPECT_EQ(ReasonOf(ValidateBodyLink(text)), common::v1::LINK_FOREIGN) << text;
  }
}

TEST(ValidateBodyLinkTest, WhatStandsBesideTheLinkIsNotReadAsAPartOfIt) {
  for (const auto text :
       {"{{link}}", "\n{{link}}\n", "a\t{{link}}\tb", "Open {{link}}.", "Open {{link}}, please",
        "({{link}})", "<{{link}}>", "\"{{link}}\"", "'{{link}}'", "see ({{link}}).\nBye",
        "Is it {{link}}?", "Do: {{link}}!", "{{link}}; then", "{{link}}: here", "{{link}}... more",
        "text({{link}}) more"}) {
    EXPECT_TRUE(ValidateBodyLink(text).ok()) << text << ValidateBodyLink(text);
  }
  for (const auto text :
       {"Join {{link}}now", "Join{{link}}", "{{link}}ą",       "{{link}}1",     "{{link}}/path",
        "{{link}}?x=1",     "{{link}}&x=1", "{{link}}#x",      "{{link}}%20",   "{{link}}-",
        "{{link}}_",        "{{link}}=",    "{{link}}~",       "{{link}}.now",  "{{link}},now",
        "{{link}})now",     "{{link}}>now", "{{link}}'s",      "{{link}}\"x",   "{{link}}<b",
        "{{link}}(",        "{{link}}[x]",  "[{{link}}]",      "*{{link}}*",    "{{link}}。",
        "{{link}}…",        "„{{link}}“",   "{{link}}\u00A0x", "view:{{link}}", "x={{link}}",
        "/{{link}}",        "-{{link}}",    "{{{link}}}",      "@{{link}}",     "{{link}}@",
        "{{link}}@contoso"}) {
    const absl::Status status = ValidateBodyLink(text);
    EXPECT_EQ(ReasonOf(status), common::v1::FIELD_INVALID) << text << status;
    EXPECT_THAT(std::string(status.message()),
                HasSubstr("invitation.body_text: must have a space"));
  }
}

TEST(WebAddressTest, WhatAMailProgramLinksIsFound) {
  for (const auto text : {"https://x",
                          "HTTPS://EVIL.EXAMPLE",
                          "ftp://a",
                          "//a://b",
                          "see http://[::1]/",
                          "x+y://z",
                          "www.evil.test",
                          "WWW.evil",
                          "(www.evil.example)",
                          "mailto:jane@contoso.example",
                          "MailTo:x",
                          "javascript:alert(1)",
                          "evil.test/path",
                          "evil.test:8080",
                          "evil.test?q=1",
                          "evil.test#x",
                          "localhost:8080",
                          "localhost/x",
                          "192.168.0.1/x",
                          "10.0.0.1:80",
                          "//evil.test/x",
                          "evil.com",
                          "Evil.COM",
                          "EVIL.ORG.",
                          "evil.com,",
                          "evil.co.uk",
                          "contoso.pl",
                          "my_evil.com",
                          "so...evil.com",
                          "evil.com...",
                          "evil.example",
                          "müller.de",
                          "пример.рф/x",
                          "ｅｖｉｌ．ｃｏｍ",
                          "ｈｔｔｐ：／／ｘ",
                          "evil。com",
                          "xn--mller-kva.xn--zckzah",
                          "jane@evil.test/x",
                          "@evil.com",
                          "evil.com@",
                          "evil.com @ noon",
                          "evil.com@x",
                          "-evil.com-",
                          "a\nevil.com\nb"}) {
    EXPECT_TRUE(FindWebAddress(text)) << text;
  }
}

TEST(WebAddressTest, OrdinaryProseIsNone) {
  for (const auto text : {"",
                          "e.g. this",
                          "i.e. that",
                          "3.5",
                          "v1.2.3",
                          "1,234.50 EUR",
                          "24.12.2025",
                          "10:30",
                          "Contoso Ltd.",
                          "Contoso Ltd. and Sons",
                          "Contoso Inc., Warsaw",
                          "GmbH & Co.KG",
                          "S.A.",
                          "Sp. z o.o.",
                          "m.in. tak",
                          "z.B. so",
                          "d.h. so",
                          "U.S.",
                          "p.m.",
                          "and/or",
                          "TCP/IP",
                          "24/7",
                          "Done.It works",
                          "done.So be it",
                          "Hello.World",
                          "Node.js",
                          "wait...what",
                          "...",
                          ".",
                          "-",
                          "@",
                          "a @ b",
                          "jane.doe@contoso.com",
                          "Mail: jane@contoso.co.uk.",
                          "john.de@contoso.com",
                          "Tel:+48 22 555 10 10",
                          "Note:this",
                          "Ratio 3:4",
                          "C#",
                          "#1",
                          "why?",
                          "http is a protocol",
                          "mailto: is a scheme",
                          "Ltd./Inc.",
                          "e.g./i.e.",
                          "1.2.3.4",
                          "конец.Начало",
                          "服务。谢谢",
                          "Kind regards\nJane Doe\nContoso GmbH\njane@contoso.com"}) {
    EXPECT_FALSE(FindWebAddress(text)) << text << ": " << *FindWebAddress(text);
  }
}

TEST(WebAddressTest, HostileTextIsReadInTime) {
  for (const auto part : {".", "a.", "@", "a@", "a.a@", "…", "\uFDFA", "-.", "a:", "..a"}) {
    const std::string text = Repeated(part, 10'000);
    FindWebAddress(text);
    HasMailAddress(text);
  }
}

}  // namespace
}  // namespace partnerlink::invitation::message
