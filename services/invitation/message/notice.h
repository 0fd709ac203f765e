// The mail of a notice: fixed words in the locale's language, and two names. It holds no link and
// no other web address, and nothing that a person of the partner could have written.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/invitation/message/eml.h"

namespace partnerlink::invitation::message {

// What a notice tells of.
enum class NoticeKind { kRelationshipRemoved, kGrantApprovalRequested };

struct NoticeContent {
  NoticeKind kind = NoticeKind::kRelationshipRemoved;
  std::string notice_id;             // UUID; with the sender's host the Message-ID
  std::string locale;                // BCP-47; falls back as TemplateLocale says
  std::string partner_display_name;  // one line, as all names
  std::string customer_display_name;
  std::string recipient;  // as NormaliseEmailAddress wants it
};

// FormatSent of it. The same content gives the same bytes. INTERNAL for what no checked row can
// hold, and where the bytes, read again, are not one message to the recipient without a web
// address.
absl::StatusOr<std::string> RenderNotice(const NoticeContent& content, const Sending& sending);

}  // namespace partnerlink::invitation::message
