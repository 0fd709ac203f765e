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

// Quoted-printable text never holds `=_`.
std::string BoundaryOf(const Message& message) {
  return absl::StrCat("=_", message.message_id.substr(0, message.message_id.find('@')));
}

std::string Subject(const Message& message) { return HeaderLine("Subject", message.subject); }

// From the Message-ID on, to the end.
std::string IdAndContent(const Message& message) {
  const std::string boundary = BoundaryOf(message);
  return absl::StrCat("Message-ID: <", message.message_id, ">\r\nMIME-Version: 1.0\r\n",
                      "Content-Type: multipart/alternative;\r\n boundary=\"", boundary,
                      "\"\r\n\r\n", Part(boundary, "text/plain", message.text),
                      Part(boundary, "text/html", message.html), "--", boundary, "--\r\n");
}

}  // namespace

std::string FormatUnsent(const Message& message) {
  std::string eml = "X-Unsent: 1\r\n";
  if (!message.recipient.empty()) absl::StrAppend(&eml, "To: ", message.recipient, "\r\n");
  return absl::StrCat(eml, Subject(message), IdAndContent(message));
}

std::string FormatSent(const Message& message, const Sending& sending) {
  return absl::StrCat(
      "From: ", sending.sender, "\r\nTo: ", message.recipient, "\r\n", Subject(message),
      absl::FormatTime("Date: %a, %d %b %Y %H:%M:%S +0000", sending.date, absl::UTCTimeZone()),
      "\r\nAuto-Submitted: auto-generated\r\n", IdAndContent(message));
}

}  // namespace partnerlink::invitation::message
