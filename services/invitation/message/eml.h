// A mail as a file that mail programs open as an unsent draft (RFC 5322).
#pragma once

#include <string>

namespace partnerlink::invitation::message {

struct UnsentMessage {
  std::string recipient;   // a mail address in its normal form, or empty: no `To`
  std::string subject;     // one line
  std::string text;        // UTF-8, LF line ends
  std::string html;        // UTF-8, LF line ends
  std::string message_id;  // `left@right`, ASCII, without `<>`; also makes the boundary
};

// ASCII with CRLF line ends: `X-Unsent: 1`, no `From` and no `Date`, which the mail program adds
// when it is sent; multipart/alternative of text and html in quoted-printable. Lines have at most
// 76 characters, but for the headers of a long recipient or message id.
std::string FormatUnsent(const UnsentMessage& message);

}  // namespace partnerlink::invitation::message
