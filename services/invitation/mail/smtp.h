// Handing mails over to the configured mail server by SMTP (libcurl).
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "services/invitation/mail/rules.h"

namespace partnerlink::invitation::mail {

struct SmtpServer {
  std::string url;           // `smtp://host:port`, or `smtps://host:port` for TLS from the start
  bool tls_required = true;  // STARTTLS and a certificate for the host; false: never TLS
  std::string ca_file;       // PEM of the authorities; empty: the system's
  std::string user;          // empty: no login
  std::string password;
  absl::Duration timeout = absl::Seconds(60);  // of a whole mail, connecting included
};

// What is wrong with the settings, in the flags' words; never quotes the password.
absl::Status CheckServer(const SmtpServer& server);

struct Envelope {
  std::string sender;     // mail addresses in their normal form
  std::string recipient;  // one
};

// Hands over `bytes`, a whole message with CRLF line ends, on a connection of its own. Takes at
// most the server's timeout and as long again to say goodbye; ends early once `give_up` answers
// true, which is asked about once a second. Any thread may send.
Reply Send(const SmtpServer& server, const Envelope& envelope, const std::string& bytes,
           const std::function<bool()>& give_up);

}  // namespace partnerlink::invitation::mail
