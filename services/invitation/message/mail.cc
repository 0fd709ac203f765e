#include "services/invitation/message/mail.h"

#include <ctemplate/template_dictionary.h>

#include <algorithm>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"
#include "common/validation/email_address.h"
#include "common/validation/text.h"
#include "services/invitation/message/mailto.h"
#include "services/invitation/message/sent.h"
#include "services/invitation/message/templates.h"
#include "services/invitation/message/validate.h"

namespace partnerlink::invitation::message {
namespace {

using ctemplate::TemplateDictionary;

bool IsLink(std::string_view link) {
  return (link.starts_with("https://") || link.starts_with("http://")) &&
         std::all_of(link.begin(), link.end(), [](char c) { return c > ' ' && c <= '~'; });
}

// The host in a link, an IPv6 one with its brackets.
std::string HostOf(std::string_view link) {
  link.remove_prefix(link.find("://") + 3);
  link = link.substr(0, link.find_first_of("/?#"));
  const size_t bracket = link.find(']');
  return std::string(
      link.substr(0, link.find(':', bracket == std::string_view::npos ? 0 : bracket)));
}

absl::Status Check(const Content& content) {
  const size_t marker = content.body_text.find(kLinkMarker);
  const bool once = marker != std::string::npos &&
                    content.body_text.find(kLinkMarker, marker + 1) == std::string::npos;
  const bool subject =
      validation::IsValidUtf8(content.subject) && !validation::HasControl(content.subject);
  const bool recipient =
      content.recipient.empty() || validation::NormaliseEmailAddress(content.recipient).has_value();
  if (!once || !subject || !recipient || !validation::IsValidUtf8(content.body_text) ||
      !IsLink(content.link) || !validation::IsUuid(content.invitation_id) ||
      content.generation < 1) {
    return absl::InternalError("a mail cannot be rendered from such a row");
  }
  return absl::OkStatus();
}

// Whose words the body is in.
struct Words {
  std::string language;
  std::vector<std::string> names;  // that stand in them as in a sentence of ours
};

Words WordsOf(const Content& content) {
  if (content.draft && content.body_text == DefaultBody(*content.draft)) {
    return {TemplateLocale(content.draft->locale), NamesIn(*content.draft)};
  }
  return {validation::IsLanguageTag(content.locale) ? content.locale : kDefaultLocale, {}};
}

// The first of the marker and the names in the text, the longest of those at one place; empty
// without one.
std::string_view FirstOf(std::string_view text, const std::vector<std::string>& names) {
  size_t first = text.find(kLinkMarker);
  std::string_view found = first == std::string_view::npos ? "" : kLinkMarker;
  for (const std::string& name : names) {
    const size_t at = text.find(name);
    if (at < first || (at != std::string_view::npos && at == first && name.size() > found.size())) {
      first = at;
      found = name;
    }
  }
  return found;
}

// Adds a line of a paragraph, parted at the link and at names.
void AddLine(TemplateDictionary& paragraph, std::string_view line,
             const std::vector<std::string>& names) {
  TemplateDictionary* values = paragraph.AddSectionDictionary("LINE");
  while (!line.empty()) {
    TemplateDictionary* part = values->AddSectionDictionary("PART");
    const std::string_view found = FirstOf(line, names);
    const size_t at = found.empty() ? line.size() : line.find(found);
    part->SetValue("TEXT", std::string(line.substr(0, at)));
    if (found == kLinkMarker) {
      part->ShowSection("ANCHOR");
    } else if (!found.empty()) {
      part->AddSectionDictionary("NAME")->SetValue("WORDS", std::string(found));
    }
    line.remove_prefix(at + found.size());
  }
}

std::string Html(const Content& content) {
  TemplateDictionary values("mail");
  const Words words = WordsOf(content);
  values.SetValue("LANGUAGE", words.language);
  values.SetValue("SUBJECT", content.subject);
  values.SetValue("LINK", content.link);
  TemplateDictionary* paragraph = nullptr;
  const std::vector<std::string> lines = absl::StrSplit(content.body_text, '\n');
  for (const std::string& line : lines) {
    if (std::all_of(line.begin(), line.end(), absl::ascii_isspace)) {
      paragraph = nullptr;
      continue;
    }
    if (paragraph == nullptr) paragraph = values.AddSectionDictionary("PARAGRAPH");
    AddLine(*paragraph, line, words.names);
  }
  return Expand("mail.html.tpl", values);
}

Message MessageOf(const Content& content, std::string text, const std::string& host) {
  const std::string recipient =
      content.recipient.empty() ? "" : *validation::NormaliseEmailAddress(content.recipient);
  return {.recipient = recipient,
          .subject = content.subject,
          .text = std::move(text),
          .html = Html(content),
          .message_id = absl::StrCat(content.invitation_id, ".", content.generation, "@", host)};
}

std::string Text(const Content& content) {
  std::string text = content.body_text;
  text.replace(text.find(kLinkMarker), kLinkMarker.size(), content.link);
  return text;
}

}  // namespace

absl::StatusOr<Mail> Render(const Content& content) {
  PARTNERLINK_RETURN_IF_ERROR(Check(content));
  const Message message = MessageOf(content, Text(content), HostOf(content.link));
  return Mail{.text = message.text,
              .html = message.html,
              .mailto_uri = MailtoUri(message.recipient, content.subject, message.text),
              .eml = FormatUnsent(message)};
}

absl::StatusOr<std::string> RenderSent(const Content& content, const Sending& sending) {
  PARTNERLINK_RETURN_IF_ERROR(Check(content));
  if (content.recipient.empty()) return absl::InternalError("a mail without a recipient");
  const std::string host = sending.sender.substr(sending.sender.find('@') + 1);
  const Message message = MessageOf(content, Text(content), host);
  std::string bytes = FormatSent(message, sending);
  PARTNERLINK_RETURN_IF_ERROR(CheckSent(bytes, message.recipient, content.link));
  return bytes;
}

}  // namespace partnerlink::invitation::message
