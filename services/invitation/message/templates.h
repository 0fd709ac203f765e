// The mails' words and frame: ctemplate files of templates/, built into the program. A locale is a
// folder there; what is in no locale's words lies beside the folders.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ctemplate {
class TemplateDictionary;
}

namespace partnerlink::invitation::message {

// The locale that every other falls back to.
inline constexpr char kDefaultLocale[] = "en";

struct EmbeddedTemplate {
  const char* name;  // path in templates/, such as `en/body.tpl`
  const char* text;
};

// All of them; generated at build time.
const std::vector<EmbeddedTemplate>& EmbeddedTemplates();

// The folder for a BCP-47 tag: the tag's own, else that of the tag without its last subtags, else
// kDefaultLocale. Case makes no difference.
std::string TemplateLocale(std::string_view locale);

// The template `name` with the dictionary's values in it. `name` must be one of EmbeddedTemplates:
// any other ends the program. Safe from any thread.
std::string Expand(const std::string& name, const ctemplate::TemplateDictionary& dictionary);

}  // namespace partnerlink::invitation::message
