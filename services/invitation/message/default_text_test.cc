#include "services/invitation/message/default_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "services/invitation/message/templates.h"
#include "services/invitation/message/validate.h"

namespace partnerlink::invitation::message {
namespace {

using testing::HasSubstr;
using testing::Not;

Draft Example() {
  return {.locale = "en",
          .partner_display_name = "Contoso Ltd.",
          .company_name = "Northwind",
          .note = "It was good to meet you.",
          .grant_roles = {"user_admin", "license_admin", "service_admin", "subscription_admin",
                          "directory_reader"},
          .grant_duration_days = 730,
          .ttl = absl::Hours(24 * 14)};
}

absl::Status ValidationOf(const Draft& draft) {
  FieldViolations violations;
  ValidateSubject(DefaultSubject(draft), violations);
  ValidateBody(DefaultBody(draft), violations);
  if (!violations.empty()) return violations.ToStatus();
  return ValidateBodyLink(DefaultBody(draft));
}

TEST(DefaultTextTest, SaysWhoAsksWhatAndUntilWhen) {
  EXPECT_EQ(DefaultSubject(Example()), "Contoso Ltd. would like to be your reseller");
  const std::string body = DefaultBody(Example());
  for (const char* part :
       {"Hello Northwind,\n\nContoso Ltd. would like", "\n\nIt was good to meet you.\n\n",
        "for 730 days", "\n- manage your users\n", "\n- assign and remove licences\n",
        "\n- manage your services\n", "\n- manage your subscriptions\n",
        "\n- read your directory\n\n", "\n\n{{link}}\n\n", "for 14 days from"}) {
    EXPECT_THAT(body, HasSubstr(part));
  }
  EXPECT_THAT(body, Not(HasSubstr("Global administrator")));
  EXPECT_THAT(body, Not(HasSubstr("No administration rights")));
  EXPECT_TRUE(ValidationOf(Example()).ok()) << ValidationOf(Example());
}

TEST(DefaultTextTest, LeavesOutWhatIsNotAsked) {
  Draft draft;
  draft.partner_display_name = "Contoso";
  const std::string body = DefaultBody(draft);
  EXPECT_THAT(body, HasSubstr("Hello,\n\nContoso would"));
  EXPECT_THAT(body, HasSubstr("No administration rights"));
  EXPECT_THAT(body, Not(HasSubstr("also asks")));
  EXPECT_THAT(body, Not(HasSubstr("can be used for")));
  EXPECT_THAT(body, Not(HasSubstr("\n\n\n")));
}

// Of each language, and of one that is spoken in none.
const char* const kLocales[] = {"en", "de", "pl", "pl-PL", "tlh"};

TEST(DefaultTextTest, OfACombinedInvitationNamesTheProviderInEveryLanguage) {
  for (const char* locale : kLocales) {
    Draft draft = Example();
    draft.locale = locale;
    draft.provider_display_name = "Tailwind {{link}} https://tailwind.example";
    EXPECT_THAT(DefaultBody(draft), HasSubstr("Tailwind ((link))")) << locale;
    EXPECT_TRUE(ValidationOf(draft).ok()) << locale << ValidationOf(draft);
    draft.provider_display_name = "";
    EXPECT_THAT(DefaultBody(draft), Not(HasSubstr("Tailwind"))) << locale;
    EXPECT_THAT(DefaultBody(draft), Not(HasSubstr("\n\n\n"))) << locale;
  }
}

TEST(DefaultTextTest, OfAPartnershipSpeaksToAResellerInEveryLanguage) {
  std::set<std::string> bodies;
  std::set<std::string> subjects;
  for (const char* locale : kLocales) {
    Draft draft = Example();
    draft.locale = locale;
    const std::string to_customer = DefaultBody(draft);
    draft.to_reseller = true;
    draft.grant_roles = {};
    EXPECT_NE(DefaultBody(draft), to_customer) << locale;
    EXPECT_THAT(DefaultBody(draft), HasSubstr("It was good to meet you.")) << locale;
    EXPECT_THAT(DefaultBody(draft), Not(HasSubstr("\n\n\n"))) << locale;
    EXPECT_TRUE(ValidationOf(draft).ok()) << locale << ValidationOf(draft);
    bodies.insert(DefaultBody(draft));
    subjects.insert(DefaultSubject(draft));
  }
  EXPECT_EQ(bodies.size(), 3u);
  EXPECT_EQ(subjects.size(), 3u);
}

TEST(DefaultTextTest, SpeaksOfTheSignUpOnlyWhereThereIsOneInEveryLanguage) {
  for (const char* locale : kLocales) {
    Draft draft = Example();
    draft.locale = locale;
    const std::string without = DefaultBody(draft);
    draft.names_sign_up = true;
    const std::string with = DefaultBody(draft);
    EXPECT_GT(with.size(), without.size()) << locale;
    EXPECT_TRUE(ValidationOf(draft).ok()) << locale << ValidationOf(draft);
    for (const char* words : {"sign up", "registrieren", "utworzyć"}) {
      EXPECT_THAT(without, Not(HasSubstr(words))) << locale;
    }
    draft.to_reseller = true;
    const std::string to_reseller = DefaultBody(draft);
    draft.names_sign_up = false;
    EXPECT_EQ(DefaultBody(draft), to_reseller) << "a reseller has an account";
  }
  Draft draft = Example();
  draft.names_sign_up = true;
  EXPECT_THAT(DefaultBody(draft), HasSubstr("the page behind the link says where to sign up."));
  draft.locale = "de";
  EXPECT_THAT(DefaultBody(draft), HasSubstr("wo Sie sich registrieren."));
  draft.locale = "pl";
  EXPECT_THAT(DefaultBody(draft), HasSubstr("gdzie je utworzyć."));
}

TEST(DefaultTextTest, OneDayIsSaidInItsOwnWords) {
  Draft draft = Example();
  draft.grant_roles = {"global_admin"};
  draft.grant_duration_days = 1;
  draft.ttl = absl::Hours(47);
  const std::string body = DefaultBody(draft);
  EXPECT_THAT(body, HasSubstr("rights for 1 day."));
  EXPECT_THAT(body, HasSubstr("used for 1 day from"));
  EXPECT_THAT(body, HasSubstr("(Global administrator)"));
}

TEST(DefaultTextTest, EachLocaleSaysItInItsOwnWords) {
  Draft draft = Example();
  draft.locale = "de-AT";
  EXPECT_EQ(DefaultSubject(draft), "Contoso Ltd. möchte Ihr Reseller werden");
  for (const char* part :
       {"Guten Tag Northwind,\n\n", "für 730 Tage.", "\n- Ihre Benutzer verwalten\n",
        "kann 14 Tage lang", "\n\n{{link}}\n\n"}) {
    EXPECT_THAT(DefaultBody(draft), HasSubstr(part));
  }
  draft.locale = "pl";
  draft.grant_duration_days = 1;
  EXPECT_EQ(DefaultSubject(draft), "Contoso Ltd. chce zostać Państwa resellerem");
  for (const char* part : {"Dzień dobry Northwind,\n\n", "na 1 dzień.",
                           "\n- zarządzanie użytkownikami\n", "przez 14 dni", "\n\n{{link}}\n\n"}) {
    EXPECT_THAT(DefaultBody(draft), HasSubstr(part));
  }
}

TEST(DefaultTextTest, IsAlwaysValid) {
  for (const std::string name :
       {"{{link}}", "{{{link}}}", "{{{{link}}}}", "{{", "Booking.com", "https://evil.example/x",
        "www.evil.example", "mailto:x@y.example", "evil.com/{{link}}", "localhost:80", "a://b",
        "Zażółć <b>&amp;", "mailto:", "evil.com@", "@evil.com", "localhost:", "evil.test/",
        "evil。com", "ｅｖｉｌ．ｃｏｍ"}) {
    for (const char* locale : {"en", "de", "pl"}) {
      Draft draft = Example();
      draft.locale = locale;
      draft.partner_display_name = name;
      draft.company_name = name;
      EXPECT_TRUE(ValidationOf(draft).ok()) << ValidationOf(draft) << "\n" << DefaultBody(draft);
    }
  }
}

TEST(DefaultTextTest, LongNamesAndNotesFit) {
  Draft draft = Example();
  for (int i = 0; i < 199; ++i) draft.partner_display_name += "ą";
  draft.partner_display_name = draft.partner_display_name.substr(12);
  draft.company_name = draft.partner_display_name;
  draft.note = std::string(2000, 'n');
  EXPECT_TRUE(ValidationOf(draft).ok()) << ValidationOf(draft);
  EXPECT_THAT(DefaultSubject(draft), HasSubstr("ą… would"));
}

// What a locale lacks of what any other has, as paths.
std::set<std::string> Missing(const std::set<std::string>& names) {
  std::set<std::string> locales;
  std::set<std::string> files;
  for (const std::string& name : names) {
    const size_t slash = name.find('/');
    if (slash == std::string::npos) continue;
    locales.insert(name.substr(0, slash));
    files.insert(name.substr(slash + 1));
  }
  std::set<std::string> missing;
  for (const std::string& locale : locales) {
    for (const std::string& file : files) {
      const std::string name = locale + "/" + file;
      if (!names.contains(name)) missing.insert(name);
    }
  }
  return missing;
}

TEST(TemplatesTest, EveryLocaleHasEveryTextOfEachKindAndTheDefaultIsThere) {
  std::set<std::string> names;
  for (const auto& embedded : EmbeddedTemplates()) names.insert(embedded.name);
  for (const char* file :
       {"body.tpl", "subject.tpl", "partnership_body.tpl", "partnership_subject.tpl"}) {
    EXPECT_TRUE(names.contains(std::string(kDefaultLocale) + "/" + file)) << file;
  }
  EXPECT_THAT(Missing(names), testing::IsEmpty());
  for (const std::string& name : names) {
    const size_t slash = name.find('/');
    if (slash == std::string::npos) continue;
    // The control: whichever is taken away is missed.
    std::set<std::string> others = names;
    others.erase(name);
    EXPECT_THAT(Missing(others), testing::ElementsAre(name));
    for (const bool to_reseller : {false, true}) {
      Draft draft = Example();
      draft.locale = name.substr(0, slash);
      draft.to_reseller = to_reseller;
      EXPECT_TRUE(ValidationOf(draft).ok()) << name << ValidationOf(draft);
    }
  }
}

TEST(TemplatesTest, UnknownLocalesFallBack) {
  for (const char* locale : {"en", "EN", "en-GB", "en-Latn-GB", "fr", "fr-CA", "", "-", "../en"}) {
    EXPECT_EQ(TemplateLocale(locale), "en") << locale;
  }
  EXPECT_EQ(TemplateLocale("de-AT"), "de");
  EXPECT_EQ(TemplateLocale("PL-Latn-PL"), "pl");
}

}  // namespace
}  // namespace partnerlink::invitation::message
