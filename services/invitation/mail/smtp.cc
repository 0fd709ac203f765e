#include "services/invitation/mail/smtp.h"

#include <curl/curl.h>

#include <algorithm>
#include <memory>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace partnerlink::invitation::mail {
namespace {

constexpr absl::Duration kConnectTimeout = absl::Seconds(10);
constexpr size_t kMostReplyText = 1000;

// What one attempt shares with libcurl's callbacks.
struct Attempt {
  std::string_view rest;  // of the message
  const std::function<bool()>& give_up;
  Stage stage = Stage::kConnecting;
  int code = 0;          // of the server's last line
  std::string text;      // behind it
  bool is_over = false;  // what comes now is the goodbye
};

Stage StageOf(std::string_view command, Stage before) {
  if (command.starts_with("MAIL")) return Stage::kSender;
  if (command.starts_with("RCPT")) return Stage::kRecipient;
  if (command.starts_with("DATA")) return Stage::kContent;
  return before;
}

// `550 5.1.1 No such user`; the lines before the last one of a reply have a hyphen there.
void ReadReply(std::string_view line, Attempt& attempt) {
  int code = 0;
  if (line.size() < 3 || !absl::SimpleAtoi(std::string(line.substr(0, 3)), &code)) return;
  attempt.code = code;
  const std::string text(line.substr(std::min<size_t>(4, line.size())).substr(0, kMostReplyText));
  attempt.text = std::string(absl::StripAsciiWhitespace(text));
}

// Sees the conversation. What we say may hold a password: nothing of it is kept.
int OnConversation(CURL*, curl_infotype type, char* data, size_t size, void* user) {
  auto& attempt = *static_cast<Attempt*>(user);
  const std::string_view text(data, size);
  attempt.is_over |= type == CURLINFO_HEADER_OUT && text.starts_with("QUIT");
  if (attempt.is_over) return 0;
  if (type == CURLINFO_HEADER_OUT) {
    attempt.stage = StageOf(text, attempt.stage);
    attempt.code = 0;
    attempt.text.clear();
  } else if (type == CURLINFO_HEADER_IN) {
    ReadReply(text, attempt);
  }
  return 0;
}

size_t OnRead(char* buffer, size_t size, size_t count, void* user) {
  auto& attempt = *static_cast<Attempt*>(user);
  const size_t taken = attempt.rest.copy(buffer, size * count);
  attempt.rest.remove_prefix(taken);
  return taken;
}

int OnProgress(void* user, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
  return static_cast<Attempt*>(user)->give_up() ? 1 : 0;
}

// What the server says goes nowhere but into ReadReply.
size_t OnOutput(char*, size_t size, size_t count, void*) { return size * count; }

Reply ReplyOf(CURLcode result, const Attempt& attempt) {
  Reply reply{.accepted = result == CURLE_OK, .stage = attempt.stage, .code = 0, .text = ""};
  if (reply.accepted) return reply;
  if (attempt.code >= 400 && attempt.code < 600) {
    reply.code = attempt.code;
    reply.text = attempt.text;
  } else {
    reply.text = curl_easy_strerror(result);
  }
  return reply;
}

struct Freed {
  void operator()(CURL* handle) const { curl_easy_cleanup(handle); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
};

// The settings that are the same for every mail.
void SetServer(CURL* curl, const SmtpServer& server) {
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
  curl_easy_setopt(curl, CURLOPT_PROXY, "");  // whatever the environment says
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(curl, CURLOPT_USE_SSL,
                   static_cast<long>(server.tls_required ? CURLUSESSL_ALL : CURLUSESSL_NONE));
  curl_easy_setopt(curl, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYPEER, 1L);
  curl_easy_setopt(curl, CURLOPT_SSL_VERIFYHOST, 2L);
  if (!server.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, server.ca_file.c_str());
  if (!server.user.empty()) {
    curl_easy_setopt(curl, CURLOPT_USERNAME, server.user.c_str());
    curl_easy_setopt(curl, CURLOPT_PASSWORD, server.password.c_str());
  }
  curl_easy_setopt(
      curl, CURLOPT_CONNECTTIMEOUT_MS,
      static_cast<long>(absl::ToInt64Milliseconds(std::min(kConnectTimeout, server.timeout))));
  curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS,
                   static_cast<long>(absl::ToInt64Milliseconds(server.timeout)));
  const auto seconds = static_cast<long>(absl::ToInt64Seconds(server.timeout));
  curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, seconds);
  // A connection that is kept would have to be closed without these limits.
  curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
  curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
  curl_easy_setopt(curl, CURLOPT_NOPROGRESS, 0L);
  curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);  // to the callback, nowhere else
}

void SetCallbacks(CURL* curl, Attempt& attempt) {
  curl_easy_setopt(curl, CURLOPT_READFUNCTION, &OnRead);
  curl_easy_setopt(curl, CURLOPT_READDATA, &attempt);
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, &OnOutput);
  curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, &OnConversation);
  curl_easy_setopt(curl, CURLOPT_DEBUGDATA, &attempt);
  curl_easy_setopt(curl, CURLOPT_XFERINFOFUNCTION, &OnProgress);
  curl_easy_setopt(curl, CURLOPT_XFERINFODATA, &attempt);
}

void InitialiseOnce() {
  static const CURLcode initialised = curl_global_init(CURL_GLOBAL_DEFAULT);
  (void)initialised;  // where this has failed no handle can be made, which Send reports
}

}  // namespace

absl::Status CheckServer(const SmtpServer& server) {
  const bool smtps = server.url.starts_with("smtps://");
  if (!smtps && !server.url.starts_with("smtp://")) {
    return absl::InvalidArgumentError("--smtp_url must start with smtp:// or smtps://");
  }
  const std::string rest = server.url.substr(server.url.find("://") + 3);
  if (rest.empty() || rest.find_first_of("/@?# ") != std::string::npos) {
    return absl::InvalidArgumentError(
        "--smtp_url must name a host, and a port where it is not the usual one, and nothing else");
  }
  if (smtps && !server.tls_required) {
    return absl::InvalidArgumentError("--smtp_tls=none does not go with smtps://");
  }
  if (!server.user.empty() && !server.tls_required) {
    return absl::InvalidArgumentError("--smtp_user needs --smtp_tls=required");
  }
  if (server.user.empty() != server.password.empty()) {
    return absl::InvalidArgumentError("--smtp_user and --smtp_password_file go together");
  }
  if (server.timeout < absl::Seconds(1)) {
    return absl::InvalidArgumentError("--smtp_timeout must be at least 1s");
  }
  return absl::OkStatus();
}

Reply Send(const SmtpServer& server, const Envelope& envelope, const std::string& bytes,
           const std::function<bool()>& give_up) {
  InitialiseOnce();
  Attempt attempt{.rest = bytes, .give_up = give_up, .text = ""};
  const std::unique_ptr<CURL, Freed> handle(curl_easy_init());
  if (!handle) return ReplyOf(CURLE_FAILED_INIT, attempt);
  // The path is what we say in EHLO: the sender's domain.
  const std::string url =
      absl::StrCat(server.url, "/", envelope.sender.substr(envelope.sender.find('@') + 1));
  const std::string sender = absl::StrCat("<", envelope.sender, ">");
  const std::unique_ptr<curl_slist, Freed> recipients(
      curl_slist_append(nullptr, absl::StrCat("<", envelope.recipient, ">").c_str()));
  CURL* const curl = handle.get();
  SetServer(curl, server);
  SetCallbacks(curl, attempt);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_FROM, sender.c_str());
  curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients.get());
  curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(bytes.size()));
  return ReplyOf(curl_easy_perform(curl), attempt);
}

}  // namespace partnerlink::invitation::mail
