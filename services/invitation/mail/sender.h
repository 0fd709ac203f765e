// Hands queued mails over to the mail server. A mail is leased, never locked, while its server is
// talked to: no transaction waits for the network, and another replica takes over the mails of one
// that died. The link is derived and the mail written when it is sent; neither is kept.
#pragma once

#include <optional>
#include <random>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/metrics/metrics.h"
#include "common/postgres/pool.h"
#include "services/invitation/invitations/store.h"
#include "services/invitation/link/keys.h"
#include "services/invitation/mail/rules.h"
#include "services/invitation/mail/smtp.h"
#include "services/invitation/mail/store.h"
#include "services/invitation/message/default_text.h"

namespace partnerlink::invitation::mail {

class Sender {
 public:
  struct Options {
    SmtpServer server;
    std::string from;            // a mail address in its normal form
    std::string link_base;       // as in Deps
    bool names_sign_up = false;  // as in message::Draft
    Retry retry;
  };

  // `work_pool` is of the worker login; one connection is enough.
  Sender(postgres::Pool& work_pool, const link::Keys& keys, Options options);

  // Hands over all that is due, one after the other, and cancels what has no use any more. Thread
  // rule: one thread.
  absl::Status SendDue();

  // From any thread: SendDue takes no more, and gives up the mail under way within a few seconds;
  // it is due again at once.
  void Stop();

 private:
  // A mail to be sent now.
  struct Letter {
    Mail mail;
    invitations::Row row;
    message::Draft draft;
  };
  // What the next mail in the queue came to: ready to be sent, or settled already.
  struct Taken {
    bool is_any = false;
    std::optional<Letter> letter;
  };

  absl::Status CancelEnded();
  absl::StatusOr<Taken> Take();
  absl::StatusOr<std::string> Write(const Letter& letter) const;
  Reply HandOver(const Letter& letter);
  void Settle(const Letter& letter, const Reply& reply);
  absl::Status Record(const Letter& letter, const Reply& reply);
  absl::Status Measure();

  bool IsStopping();
  bool GivesUp();
  // Whether the time has passed without Stop.
  bool Pause(absl::Duration time);

  postgres::Pool& work_pool_;
  const link::Keys& keys_;
  const Options options_;
  const absl::Duration lease_;  // longer than an attempt can take
  metrics::Counter& sent_count_;
  metrics::Counter& failed_count_;
  metrics::Counter& failed_attempt_count_;
  metrics::Gauge& queued_;
  metrics::Gauge& oldest_queued_seconds_;
  metrics::Gauge& held_;
  std::mt19937_64 random_{std::random_device{}()};
  absl::Time next_upkeep_ = absl::InfinitePast();

  absl::Mutex mutex_;
  absl::Time stop_time_ ABSL_GUARDED_BY(mutex_) = absl::InfiniteFuture();
};

}  // namespace partnerlink::invitation::mail
