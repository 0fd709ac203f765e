#include "services/invitation/message/mail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "services/invitation/message/default_text.h"
#include "services/invitation/message/mailto.h"

namespace partnerlink::invitation::message {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr char kLink[] =
    "https://partnerlink.example:8443/invite#AQEBl8HCiat83o8BI0VniavNAAAAAcjJysvMzc7P0NHS09TV1tfY2"
    "drb3N3e3-Dh4uPk5ebn";

Content ExampleMail() {
  return {
      .locale = "en-GB",
      .subject = "Zaproszenie od Contoso",
      .body_text = "Hello <b>Jane</b> & \"co\",\nsecond line\n\nOpen {{link}}.\n\n\nŁódź = 100 %\n",
      .link = kLink,
      .recipient = "jane+x@xn--mller-kva.example",
      .invitation_id = "0197c1c2-89ab-7cde-8f01-23456789abcd",
      .generation = 3};
}

size_t Count(const std::string& text, const std::string& part) {
  size_t count = 0;
  for (size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

std::string Between(const std::string& text, const std::string& begin, const std::string& end) {
  const size_t from = text.find(begin) + begin.size();
  return text.substr(from, text.find(end, from) - from);
}

// What a reader of quoted-printable makes of it.
std::string Decoded(const std::string& quoted) {
  const std::string joined = absl::StrReplaceAll(quoted, {{"=\r\n", ""}});
  std::string text;
  for (size_t i = 0; i < joined.size(); ++i) {
    if (joined[i] != '=') {
      text.push_back(joined[i]);
      continue;
    }
    text.push_back(static_cast<char>(std::stoi(joined.substr(i + 1, 2), nullptr, 16)));
    i += 2;
  }
  return text;
}

TEST(RenderTest, TheTextHoldsTheLink) {
  const Mail mail = *Render(ExampleMail());
  EXPECT_EQ(mail.text, std::string("Hello <b>Jane</b> & \"co\",\nsecond line\n\nOpen ") + kLink +
                           ".\n\n\nŁódź = 100 %\n");
}

TEST(RenderTest, TheHtmlIsTheEscapedText) {
  const std::string html = Render(ExampleMail())->html;
  EXPECT_THAT(html, HasSubstr("<html lang=\"en-GB\">"));
  EXPECT_THAT(html, HasSubstr("<title>Zaproszenie od Contoso</title>"));
  EXPECT_THAT(html,
              HasSubstr("<p dir=\"auto\">Hello &lt;b&gt;Jane&lt;/b&gt; &amp; &quot;co&quot;,<br>\n"
                        "second line</p>"));
  EXPECT_THAT(html, HasSubstr("<p dir=\"auto\">Open <a href=\"" + std::string(kLink) + "\">" +
                              kLink + "</a>.</p>"));
  EXPECT_THAT(html, HasSubstr("<p dir=\"auto\">Łódź = 100 %</p>"));
  EXPECT_EQ(Count(html, "<p dir=\"auto\">"), 3u);
  EXPECT_EQ(Count(html, "://"), 2u);
}

TEST(RenderTest, NothingInTheTextBecomesMarkup) {
  Content content = ExampleMail();
  content.locale = "en\"><script>";
  content.subject = "</title><script>alert(1)</script>";
  content.body_text = "{{SUBJECT}} {{#ANCHOR}} <img src=x onerror='y'> {{link}} {{LINK}} </p>";
  const std::string html = Render(content)->html;
  EXPECT_THAT(html, Not(HasSubstr("<script")));
  EXPECT_THAT(html, Not(HasSubstr("<img")));
  EXPECT_THAT(html, HasSubstr("{{SUBJECT}} {{#ANCHOR}}"));
  EXPECT_THAT(html, HasSubstr("<html lang=\"en\">"));
  EXPECT_EQ(Count(html, "<a href"), 1u);
}

TEST(RenderTest, TheMailtoUriIsPercentEncoded) {
  const std::string uri = Render(ExampleMail())->mailto_uri;
  EXPECT_THAT(uri,
              testing::StartsWith("mailto:jane%2Bx@xn--mller-kva.example?subject=Zaproszenie%20"
                                  "od%20Contoso&body=Hello%20%3Cb%3EJane%3C%2Fb%3E%20%26%20"));
  EXPECT_THAT(uri, HasSubstr("second%20line%0D%0A%0D%0AOpen%20https%3A%2F%2F"));
  EXPECT_THAT(uri, HasSubstr("invite%23AQEB"));
  EXPECT_THAT(uri, HasSubstr("%C5%81%C3%B3d%C5%BA%20%3D%20100%20%25%0D%0A"));
  Content content = ExampleMail();
  content.recipient.clear();
  EXPECT_THAT(Render(content)->mailto_uri, testing::StartsWith("mailto:?subject="));
}

TEST(RenderTest, AMailtoUriThatProgramsWouldCutIsEmpty) {
  const size_t around = MailtoUri("", "s", "").size();
  EXPECT_EQ(MailtoUri("", "s", std::string(kMaxMailtoUri - around, 'a')).size(), kMaxMailtoUri);
  EXPECT_EQ(MailtoUri("", "s", std::string(kMaxMailtoUri - around + 1, 'a')), "");
}

// Names as long as companies have them.
Draft LongDraft(const std::string& locale) {
  return {.locale = locale,
          .partner_display_name = "Contoso Cloud Reselling and Managed Services Gesellschaft mb",
          .company_name = "Northwind Traders Europe International Sp. z o.o.",
          .note = "",
          .grant_roles = {"user_admin", "license_admin", "service_admin", "subscription_admin",
                          "directory_reader"},
          .grant_duration_days = 730,
          .ttl = absl::Hours(24 * 14),
          .names_sign_up = true};
}

Content ContentOf(const Draft& draft) {
  Content content = ExampleMail();
  content.locale = draft.locale;
  content.subject = DefaultSubject(draft);
  content.body_text = DefaultBody(draft);
  content.draft = draft;
  return content;
}

TEST(RenderTest, ADefaultTextOfEachKindAndLocaleFitsIntoAMailtoUri) {
  for (const char* locale : {"en", "de", "pl"}) {
    Draft combined = LongDraft(locale);
    ASSERT_EQ(combined.partner_display_name.size(), 60u);
    combined.provider_display_name = "Tailwind Traders Distribution & Cloud Wholesale Europe Gmbh.";
    ASSERT_EQ(combined.provider_display_name.size(), 60u);
    Draft without_grant = combined;
    without_grant.grant_roles.clear();
    Draft partnership = LongDraft(locale);
    partnership.to_reseller = true;
    for (const Draft& draft : {LongDraft(locale), combined, without_grant, partnership}) {
      EXPECT_THAT(Render(ContentOf(draft))->mailto_uri, testing::StartsWith("mailto:jane"))
          << locale << "\n"
          << DefaultBody(draft);
    }
    // The control: with a long note it does not fit.
    combined.note = std::string(400, 'n');
    EXPECT_EQ(Render(ContentOf(combined))->mailto_uri, "") << locale;
  }
}

TEST(RenderTest, TheLanguageIsThatOfTheWords) {
  const std::pair<std::string, std::string> cases[] = {{"en", "en"}, {"de-AT", "de"}, {"pl", "pl"},
                                                       {"fr", "en"}, {"ar", "en"},    {"", "en"}};
  for (const auto& [asked, words] : cases) {
    Content content = ContentOf(LongDraft(asked));
    EXPECT_THAT(Render(content)->html, HasSubstr("<html lang=\"" + words + "\">")) << asked;
    content.body_text += "\nSee you.";
    const std::string own = asked.empty() ? "en" : asked;
    EXPECT_THAT(Render(content)->html, HasSubstr("<html lang=\"" + own + "\">")) << asked;
  }
}

TEST(RenderTest, NamesOfAnotherDirectionDoNotTurnOurWordsAround) {
  Draft draft = LongDraft("en");
  draft.partner_display_name = "شركة كونتوسو <بولندا>";
  draft.provider_display_name = "טיילווינד";
  draft.company_name = "شركة كونتوسو";  // the beginning of the partner's
  draft.note = "سعدنا بلقائكم.";
  const Content content = ContentOf(draft);
  const std::string html = Render(content)->html;
  const std::string partner = "<bdi>شركة كونتوسو &lt;بولندا&gt;</bdi>";
  EXPECT_THAT(html, HasSubstr("<p dir=\"auto\">Hello <bdi>شركة كونتوسو</bdi>,</p>"));
  EXPECT_THAT(html, HasSubstr("<p dir=\"auto\">" + partner + " would like to be"));
  EXPECT_THAT(html, HasSubstr("Its provider <bdi>טיילווינד</bdi> asks"));
  EXPECT_THAT(html, HasSubstr("<p dir=\"auto\">سعدنا بلقائكم.</p>"));
  EXPECT_THAT(html, HasSubstr("Kind regards<br>\n" + partner + "</p>"));
  EXPECT_EQ(Count(html, "<bdi>"), 4u);
  EXPECT_EQ(Count(html, "<a href"), 1u);
  const Mail mail = *Render(content);
  for (const char* mark : {"\u2066", "\u2067", "\u2068", "\u2069", "\u200E", "\u200F"}) {
    EXPECT_THAT(mail.text + mail.html, Not(HasSubstr(mark)));
  }
  EXPECT_TRUE(
      RenderSent(content, {.sender = "invitations@partners.example", .date = absl::UnixEpoch()})
          .ok());
}

TEST(RenderTest, AnOwnTextHasTheDirectionOfEachParagraphAndNothingIsIsolatedInIt) {
  Content content = ExampleMail();
  content.locale = "he";
  content.body_text = "שלום Contoso,\n\n{{link}}\n\nContoso תודה";
  content.draft = LongDraft("he");
  const std::string html = Render(content)->html;
  EXPECT_THAT(html, HasSubstr("<html lang=\"he\">"));
  EXPECT_THAT(html, HasSubstr("<p dir=\"auto\">שלום Contoso,</p>"));
  EXPECT_THAT(html, Not(HasSubstr("<bdi>")));
}

TEST(RenderTest, TheEmlIsAnUnsentDraft) {
  const std::string eml = Render(ExampleMail())->eml;
  EXPECT_EQ(eml.substr(0, eml.find("\r\n\r\n")),
            "X-Unsent: 1\r\n"
            "To: jane+x@xn--mller-kva.example\r\n"
            "Subject: Zaproszenie od Contoso\r\n"
            "Message-ID: <0197c1c2-89ab-7cde-8f01-23456789abcd.3@partnerlink.example>\r\n"
            "MIME-Version: 1.0\r\n"
            "Content-Type: multipart/alternative;\r\n"
            " boundary=\"=_0197c1c2-89ab-7cde-8f01-23456789abcd.3\"");
  std::istringstream lines(eml);
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(line.ends_with('\r')) << line;
    EXPECT_LE(line.size(), 77u) << line;
    for (const char c : line) EXPECT_TRUE(c == '\r' || c == '\t' || (c >= ' ' && c <= '~'));
  }
}

TEST(RenderTest, TheEmlHoldsBothFormsAndOneUrlInTheText) {
  const Mail mail = *Render(ExampleMail());
  const std::string boundary = "--" + Between(mail.eml, "boundary=\"", "\"");
  EXPECT_EQ(Count(mail.eml, boundary + "\r\n"), 2u);
  EXPECT_TRUE(mail.eml.ends_with("\r\n" + boundary + "--\r\n"));
  const std::string plain_head =
      "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
      "quoted-printable\r\n\r\n";
  const std::string text = Decoded(Between(mail.eml, plain_head, "\r\n" + boundary));
  EXPECT_EQ(absl::StrReplaceAll(text, {{"\r\n", "\n"}}), mail.text);
  EXPECT_EQ(Count(text, "://"), 1u);
  EXPECT_THAT(text, HasSubstr(kLink));
  const std::string html_head = absl::StrReplaceAll(plain_head, {{"plain", "html"}});
  const std::string html = Decoded(Between(mail.eml, html_head, "\r\n" + boundary));
  EXPECT_EQ(absl::StrReplaceAll(html, {{"\r\n", "\n"}}), mail.html);
}

TEST(RenderTest, WithoutARecipientThereIsNoTo) {
  Content content = ExampleMail();
  content.recipient.clear();
  EXPECT_THAT(Render(content)->eml, Not(HasSubstr("To:")));
}

TEST(RenderTest, TheMessageIdFollowsTheLinksHost) {
  const std::pair<std::string, std::string> cases[] = {
      {"http://localhost:8080/invite#t", "@localhost>"},
      {"http://[::1]:8080#t", "@[::1]>"},
      {"https://a.example#t", "@a.example>"}};
  for (const auto& [link, host] : cases) {
    Content content = ExampleMail();
    content.link = link;
    EXPECT_THAT(Render(content)->eml, HasSubstr(".3" + host));
  }
}

TEST(RenderTest, TheSameContentGivesTheSameMail) {
  EXPECT_EQ(Render(ExampleMail())->eml, Render(ExampleMail())->eml);
}

TEST(RenderTest, HeadersCannotBeInjected) {
  void (*const faults[])(Content&) = {
      [](Content& c) { c.subject = "a\r\nBcc: x@y.example"; },
      [](Content& c) { c.subject = "a\nb"; },
      [](Content& c) { c.recipient = "jane@contoso.example\r\nBcc: x@y.example"; },
      [](Content& c) { c.recipient = "jane@contoso.example, x@y.example"; },
      [](Content& c) { c.recipient = "Jane <jane@contoso.example>"; },
      [](Content& c) { c.invitation_id = "x\r\ny"; },
      [](Content& c) { c.generation = 0; },
      [](Content& c) { c.link = "https://a.example/\r\n#t"; },
      [](Content& c) { c.link = "javascript:alert(1)"; },
      [](Content& c) { c.body_text = "no marker"; },
      [](Content& c) { c.body_text = "{{link}}{{link}}"; },
      [](Content& c) { c.body_text = "{{link}} \xFF"; }};
  for (const auto& fault : faults) {
    Content content = ExampleMail();
    fault(content);
    EXPECT_EQ(Render(content).status().code(), absl::StatusCode::kInternal);
  }
}

}  // namespace
}  // namespace partnerlink::invitation::message
