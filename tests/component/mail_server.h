// A mail server of a test's own, in this process, without TLS: takes mails, or answers as it is
// told.
#pragma once

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace partnerlink::support {

class MailServer {
 public:
  // What it took.
  struct Message {
    std::string sender;  // as between `<` and `>`
    std::string recipient;
    std::string bytes;  // as they were written, before dots were doubled
  };

  // What it answers to a command: `RCPT`, `DATA` or, once the mail is there, `.`. Empty: it cuts
  // the connection. Any thread.
  using Answer = std::function<std::string(const std::string& command, const Message& message)>;

  // What it answers unless it is told otherwise: it takes everything.
  static std::string Usual(const std::string& command);

  MailServer();
  ~MailServer();

  std::string url() const;
  void AnswerWith(Answer answer);

  // The mails that it has answered 250.
  std::vector<Message> messages();
  // The user and password that the last AUTH PLAIN said, each behind a NUL.
  std::string login();

 private:
  void Serve();
  void Talk(int connection);
  std::string AnswerTo(const std::string& command, const Message& message);

  int listener_ = -1;
  int port_ = 0;
  absl::Mutex mutex_;
  Answer answer_ ABSL_GUARDED_BY(mutex_);
  std::vector<Message> messages_ ABSL_GUARDED_BY(mutex_);
  std::string login_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
  std::vector<std::thread> conversations_;  // of thread_ until it has ended
};

}  // namespace partnerlink::support
