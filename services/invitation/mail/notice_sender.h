// Hands queued notices over to the mail server, as Sender does the invitations' mails: leased,
// never locked, while the server is talked to. A notice is held back while its address has had its
// mails for the day.
#pragma once

#include <atomic>
#include <optional>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "common/metrics/metrics.h"
#include "common/postgres/pool.h"
#include "services/invitation/mail/rules.h"
#include "services/invitation/mail/smtp.h"
#include "services/invitation/notices/store.h"

namespace partnerlink::invitation::mail {

class NoticeSender {
 public:
  struct Options {
    SmtpServer server;
    std::string from;  // a mail address in its normal form
    Retry retry;
  };

  // `work_pool` is of the worker login; one connection is enough.
  NoticeSender(postgres::Pool& work_pool, Options options);

  // Hands over all that is due, one after the other. Thread rule: one thread.
  absl::Status SendDue();

  // From any thread: SendDue takes no more, and gives up the notice under way; it is due again at
  // once.
  void Stop();

 private:
  // What the next notice in the queue came to: ready to be sent, or settled already.
  struct Taken {
    bool is_any = false;
    std::optional<notices::Notice> notice;
  };

  absl::StatusOr<Taken> Take();
  Reply HandOver(const notices::Notice& notice);
  bool IsStopping() const;
  absl::Status Record(const notices::Notice& notice, const Reply& reply);

  postgres::Pool& work_pool_;
  const Options options_;
  std::atomic<bool> is_stopping_ = false;
  const absl::Duration lease_;  // longer than an attempt can take
  metrics::Counter& sent_count_;
  metrics::Counter& failed_count_;
  std::mt19937_64 random_{std::random_device{}()};
};

}  // namespace partnerlink::invitation::mail
