#include "services/invitation/message/default_text.h"

#include <ctemplate/template_dictionary.h>

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_replace.h"
#include "common/validation/text.h"
#include "services/invitation/message/templates.h"
#include "services/invitation/message/validate.h"
#include "services/invitation/message/web_address.h"

namespace partnerlink::invitation::message {
namespace {

using ctemplate::TemplateDictionary;

// A subject has 200 characters: leaves 50 to the words around the name, in any locale.
constexpr size_t kMaxSubjectName = 150;

// At most `max` code points.
std::string Cut(const std::string& text, size_t max) {
  if (validation::CodePoints(text) <= max) return text;
  size_t end = 0;
  for (size_t starts = 0; end < text.size(); ++end) {
    const bool starts_character = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (starts_character && ++starts == max) break;
  }
  return text.substr(0, end) + "…";
}

std::string WithoutMarker(const std::string& name) {
  if (name.find("{{") == std::string::npos) return name;
  return absl::StrReplaceAll(name, {{"{", "("}, {"}", ")"}});
}

std::string WithoutWebAddress(const std::string& name) {
  if (!FindWebAddress(name)) return name;
  const std::string plain = validation::ToUtf8(validation::CompatibilityForm(name));
  return absl::StrReplaceAll(
      plain, {{".", ". "}, {"。", "。 "}, {":", " :"}, {"/", " /"}, {"#", " #"}, {"?", " ?"}});
}

std::string Filled(const Draft& draft, const std::string& file, const TemplateDictionary& values) {
  std::string text = Expand(TemplateLocale(draft.locale) + "/" + file, values);
  absl::StripTrailingAsciiWhitespace(&text);
  return text;
}

// Shows the section `name`, which says `days` in words.
TemplateDictionary* ShowDays(TemplateDictionary& values, const char* name, int64_t days) {
  TemplateDictionary* section = values.AddSectionDictionary(name);
  section->SetIntValue("DAYS", days);
  section->ShowSection(days == 1 ? "ONE" : "MANY");
  return section;
}

}  // namespace

std::string Inert(const std::string& name) { return WithoutWebAddress(WithoutMarker(name)); }

std::string DefaultSubject(const Draft& draft) {
  TemplateDictionary values("subject");
  values.SetValue("PARTNER", Cut(WithoutMarker(draft.partner_display_name), kMaxSubjectName));
  return Filled(draft, draft.to_reseller ? "partnership_subject.tpl" : "subject.tpl", values);
}

std::string DefaultBody(const Draft& draft) {
  TemplateDictionary values("body");
  values.SetValue("LINK", std::string(kLinkMarker));
  values.SetValue("PARTNER", Inert(draft.partner_display_name));
  if (!draft.company_name.empty()) {
    values.AddSectionDictionary("COMPANY")->SetValue("NAME", Inert(draft.company_name));
  }
  if (!draft.note.empty()) {
    values.AddSectionDictionary("NOTE")->SetValue("TEXT", Inert(draft.note));
  }
  if (!draft.provider_display_name.empty()) {
    values.AddSectionDictionary("WITH_PROVIDER")
        ->SetValue("PROVIDER", Inert(draft.provider_display_name));
  }
  if (draft.grant_roles.empty()) {
    values.ShowSection("NO_GRANT");
  } else {
    TemplateDictionary* grant = ShowDays(values, "GRANT", draft.grant_duration_days);
    for (const std::string& role : draft.grant_roles) {
      grant->ShowSection(absl::AsciiStrToUpper(role));
    }
  }
  if (draft.names_sign_up) values.ShowSection("SIGN_UP");
  if (const int64_t days = draft.ttl / absl::Hours(24); days > 0) ShowDays(values, "VALID", days);
  return Filled(draft, draft.to_reseller ? "partnership_body.tpl" : "body.tpl", values);
}

std::vector<std::string> NamesIn(const Draft& draft) {
  std::vector<std::string> names;
  for (const std::string* name :
       {&draft.partner_display_name, &draft.provider_display_name, &draft.company_name}) {
    if (!name->empty()) names.push_back(Inert(*name));
  }
  return names;
}

}  // namespace partnerlink::invitation::message
