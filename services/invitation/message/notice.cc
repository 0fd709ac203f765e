#include "services/invitation/message/notice.h"

#include <ctemplate/template_dictionary.h>

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"
#include "common/validation/email_address.h"
#include "common/validation/text.h"
#include "services/invitation/message/default_text.h"
#include "services/invitation/message/sent.h"
#include "services/invitation/message/templates.h"

namespace partnerlink::invitation::message {
namespace {

using ctemplate::TemplateDictionary;

// Of the kind's files in a locale's folder.
const char* PrefixOf(NoticeKind kind) {
  switch (kind) {
    case NoticeKind::kRelationshipRemoved:
      return "removed_";
    case NoticeKind::kGrantApprovalRequested:
      return "grant_request_";
  }
  return "";
}

std::string Filled(const NoticeContent& content, const char* file) {
  TemplateDictionary values("notice");
  values.SetValue("PARTNER", Inert(content.partner_display_name));
  values.SetValue("CUSTOMER", Inert(content.customer_display_name));
  std::string text = Expand(
      absl::StrCat(TemplateLocale(content.locale), "/", PrefixOf(content.kind), file), values);
  absl::StripTrailingAsciiWhitespace(&text);
  return text;
}

std::string Html(const NoticeContent& content, const std::string& subject,
                 const std::string& text) {
  TemplateDictionary values("mail");
  values.SetValue("LANGUAGE", TemplateLocale(content.locale));
  values.SetValue("SUBJECT", subject);
  const std::vector<std::string> paragraphs = absl::StrSplit(text, "\n\n");
  for (const std::string& paragraph : paragraphs) {
    values.AddSectionDictionary("PARAGRAPH")->SetValue("TEXT", paragraph);
  }
  return Expand("notice.html.tpl", values);
}

bool IsName(const std::string& name) {
  return !name.empty() && validation::IsValidUtf8(name) && !validation::HasControl(name);
}

}  // namespace

absl::StatusOr<std::string> RenderNotice(const NoticeContent& content, const Sending& sending) {
  const auto recipient = validation::NormaliseEmailAddress(content.recipient);
  if (!recipient || !validation::IsUuid(content.notice_id) ||
      !IsName(content.partner_display_name) || !IsName(content.customer_display_name)) {
    return absl::InternalError("a notice cannot be rendered from such a row");
  }
  const std::string subject = Filled(content, "subject.tpl");
  const std::string text = Filled(content, "body.tpl");
  const std::string host = sending.sender.substr(sending.sender.find('@') + 1);
  std::string bytes = FormatSent({.recipient = *recipient,
                                  .subject = subject,
                                  .text = text + "\n",
                                  .html = Html(content, subject, text),
                                  .message_id = absl::StrCat(content.notice_id, "@", host)},
                                 sending);
  PARTNERLINK_RETURN_IF_ERROR(CheckSentWithoutLink(bytes, *recipient));
  return bytes;
}

}  // namespace partnerlink::invitation::message
