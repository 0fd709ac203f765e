// A mail as an RFC 5322 message: a file that mail programs open as an unsent draft, or what goes to
// a mail server.
#pragma once

#include <string>

#include "absl/time/time.h"

namespace partnerlink::invitation::message {

struct Message {
  std::string recipient;   // a mail address in its normal form, or empty: no `To`
  std::string subject;     // one line
  std::string text;        // UTF-8, LF line ends
  std::string html;        // UTF-8, LF line ends
  std::string message_id;  // `left@right`, ASCII, without `<>`; also makes the boundary
};

// ASCII with CRLF line ends: `X-Unsent: 1`, no `From` and no `Date`, which the mail program adds
// when it is sent; multipart/alternative of text and html in quoted-printable. Lines have at most
// 76 characters, but for the headers of a long recipient or message id.
std::string FormatUnsent(const Message& message);

// Who sends a mail, and when it was written.
struct Sending {
  std::string sender;  // a mail address in its normal form
  absl::Time date;
};

// The same with `From`, `Date` in UTC and `Auto-Submitted: auto-generated` instead of `X-Unsent`;
// the bytes behind the headers are the same.
std::string FormatSent(const Message& message, const Sending& sending);

}  // namespace partnerlink::invitation::message
