#include "services/invitation/message/templates.h"

#include <ctemplate/template_cache.h>
#include <ctemplate/template_dictionary.h>
#include <ctemplate/template_enums.h>

#include <cstdlib>
#include <map>

#include "absl/strings/ascii.h"

namespace partnerlink::invitation::message {
namespace {

const ctemplate::TemplateCache& Cache() {
  static const ctemplate::TemplateCache& cache = *[] {
    auto* made = new ctemplate::TemplateCache;
    for (const auto& [name, text] : EmbeddedTemplates()) {
      if (!made->StringToTemplateCache(name, text, ctemplate::DO_NOT_STRIP)) std::abort();
    }
    made->Freeze();
    return made;
  }();
  return cache;
}

// Folder by lower-case tag.
const std::map<std::string, std::string>& Folders() {
  static const auto& folders = *[] {
    auto* made = new std::map<std::string, std::string>;
    for (const auto& embedded : EmbeddedTemplates()) {
      const std::string name = embedded.name;
      const size_t slash = name.find('/');
      if (slash == std::string::npos) continue;
      const std::string folder = name.substr(0, slash);
      made->emplace(absl::AsciiStrToLower(folder), folder);
    }
    return made;
  }();
  return folders;
}

}  // namespace

std::string TemplateLocale(std::string_view locale) {
  std::string tag = absl::AsciiStrToLower(std::string(locale));
  while (!tag.empty()) {
    if (const auto found = Folders().find(tag); found != Folders().end()) return found->second;
    const size_t dash = tag.rfind('-');
    tag.resize(dash == std::string::npos ? 0 : dash);
  }
  return kDefaultLocale;
}

std::string Expand(const std::string& name, const ctemplate::TemplateDictionary& dictionary) {
  std::string text;
  if (!Cache().ExpandNoLoad(name, ctemplate::DO_NOT_STRIP, &dictionary, nullptr, &text)) {
    std::abort();
  }
  return text;
}

}  // namespace partnerlink::invitation::message
