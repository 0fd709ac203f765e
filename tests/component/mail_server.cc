#include "tests/component/mail_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <stdexcept>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"

namespace partnerlink::support {
namespace {

// The lines of a connection, without their ends.
class Lines {
 public:
  explicit Lines(int connection) : connection_(connection) {}

  // False once the other side has gone.
  bool Next(std::string& line) {
    size_t end;
    while ((end = buffer_.find("\r\n")) == std::string::npos) {
      char bytes[4096];
      const ssize_t count = recv(connection_, bytes, sizeof(bytes), 0);
      if (count <= 0) return false;
      buffer_.append(bytes, static_cast<size_t>(count));
    }
    line = buffer_.substr(0, end);
    buffer_.erase(0, end + 2);
    return true;
  }

 private:
  const int connection_;
  std::string buffer_;
};

bool Say(int connection, const std::string& text) {
  const std::string line = text + "\r\n";
  return send(connection, line.data(), line.size(), MSG_NOSIGNAL) ==
         static_cast<ssize_t>(line.size());
}

std::string Between(const std::string& line) {
  const size_t from = line.find('<') + 1;
  return line.substr(from, line.find('>') - from);
}

}  // namespace

MailServer::MailServer() {
  listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof(address);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
      listen(listener_, 16) != 0 ||
      getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
    throw std::runtime_error("no port for a mail server");
  }
  port_ = ntohs(address.sin_port);
  thread_ = std::thread([this] { Serve(); });
}

MailServer::~MailServer() {
  shutdown(listener_, SHUT_RDWR);
  thread_.join();
  close(listener_);
}

std::string MailServer::url() const { return absl::StrCat("smtp://127.0.0.1:", port_); }

void MailServer::AnswerWith(Answer answer) {
  absl::MutexLock lock(&mutex_);
  answer_ = std::move(answer);
}

std::vector<MailServer::Message> MailServer::messages() {
  absl::MutexLock lock(&mutex_);
  return messages_;
}

std::string MailServer::login() {
  absl::MutexLock lock(&mutex_);
  return login_;
}

void MailServer::Serve() {
  while (true) {
    const int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection < 0) break;
    conversations_.emplace_back([this, connection] {
      Talk(connection);
      close(connection);
    });
  }
  for (std::thread& conversation : conversations_) conversation.join();
}

std::string MailServer::Usual(const std::string& command) {
  return command == "DATA" ? "354 Go on" : "250 2.0.0 OK";
}

std::string MailServer::AnswerTo(const std::string& command, const Message& message) {
  Answer answer;
  {
    absl::MutexLock lock(&mutex_);
    answer = answer_;
  }
  return answer ? answer(command, message) : Usual(command);
}

void MailServer::Talk(int connection) {
  Lines lines(connection);
  Message message;
  std::string line;
  if (!Say(connection, "220 mail.example ESMTP")) return;
  while (lines.Next(line)) {
    const std::string verb = absl::AsciiStrToUpper(line.substr(0, 4));
    std::string answer = "250 2.0.0 OK";
    if (verb == "EHLO") {
      answer = "250-mail.example\r\n250 AUTH PLAIN";
    } else if (verb == "AUTH") {
      if (!Say(connection, "334 ") || !lines.Next(line)) return;
      absl::MutexLock lock(&mutex_);
      absl::Base64Unescape(line, &login_);
      answer = "235 2.7.0 OK";
    } else if (verb == "MAIL") {
      message = {.sender = Between(line), .recipient = "", .bytes = ""};
    } else if (verb == "RCPT") {
      message.recipient = Between(line);
      answer = AnswerTo("RCPT", message);
    } else if (verb == "QUIT") {
      Say(connection, "221 2.0.0 Bye");
      return;
    } else if (verb == "DATA") {
      answer = AnswerTo("DATA", message);
      if (answer.starts_with("354")) {
        Say(connection, answer);
        while (lines.Next(line) && line != ".") {
          absl::StrAppend(&message.bytes, line.starts_with('.') ? line.substr(1) : line, "\r\n");
        }
        answer = AnswerTo(".", message);
        if (answer.starts_with("250")) {
          absl::MutexLock lock(&mutex_);
          messages_.push_back(message);
        }
      }
    }
    if (answer.empty() || !Say(connection, answer)) return;
  }
}

}  // namespace partnerlink::support
