#include "services/invitation/message/eml.h"

#include "absl/strings/str_cat.h"
#include "services/invitation/message/mime.h"

namespace partnerlink::invitation::message {
namespace {

std::string Part(const std::string& boundary, const std::string& type, const std::string& content) {
  return absl::StrCat("--", boundary, "\r\nContent-Type: ", type,
                      "; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n",
                      QuotedPrintable(content), "\r\n");
}

}  // namespace

std::string FormatUnsent(const UnsentMessage& message) {
  // Quoted-printable text never holds `=_`.
  const std::string boundary =
      absl::StrCat("=_", message.message_id.substr(0, message.message_id.find('@')));
  std::string eml = "X-Unsent: 1\r\n";
  if (!message.recipient.empty()) absl::StrAppend(&eml, "To: ", message.recipient, "\r\n");
  absl::StrAppend(&eml, HeaderLine("Subject", message.subject), "Message-ID: <", message.message_id,
                  ">\r\nMIME-Version: 1.0\r\n",
                  "Content-Type: multipart/alternative;\r\n boundary=\"", boundary, "\"\r\n\r\n");
  absl::StrAppend(&eml, Part(boundary, "text/plain", message.text),
                  Part(boundary, "text/html", message.html), "--", boundary, "--\r\n");
  return eml;
}

}  // namespace partnerlink::invitation::message
