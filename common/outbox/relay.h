// Brings outbox rows to one peer: at once when nudged, otherwise swept until done. Peers are
// idempotent, so a row may be sent twice; order does not matter. Rows are leased, never locked,
// while a call is under way: no transaction waits for the network, and another replica takes over
// the rows of one that died.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "common/metrics/metrics.h"
#include "common/postgres/transact.h"

namespace partnerlink::outbox {

// A row on its way.
struct Delivery {
  std::string id;
  std::string event;
  std::string root;
  std::string resource;
  std::string payload;  // the peer's request, serialised
  int attempts = 0;     // this one included
};

// Starts the peer's method for this event with the payload; answers later, once, on any thread.
using Send = std::function<void(const Delivery& delivery, absl::Time deadline,
                                std::function<void(absl::StatusOr<std::string>)> done)>;

// Takes over the peer's serialised answer, in the transaction that marks the row delivered.
using Settle =
    std::function<absl::Status(postgres::Transaction&, const Delivery&, const std::string& answer)>;

class Relay {
 public:
  struct Options {
    std::string service;  // whose rows
    std::string target;   // to whom
  };

  // `pool` is of the service's worker login; one connection is enough.
  Relay(Options options, postgres::Pool& pool, Send send, Settle settle);
  ~Relay();

  void Start();
  // Waits for the calls under way, at most as long as one may take.
  void Stop();

  // Looks for rows now.
  void Nudge();

  // Calls `done` once: when the first row of `root` that is delivered here is, when nothing of it
  // is owed any more, whoever has delivered it, or after `at_most`. Or with false, at once too, if
  // the peer has failed within the last second: a row that has just been written is not delivered
  // then. On the relay's thread, or before this returns.
  using Done = std::function<void(bool may_be_delivered)>;
  void WhenDelivered(const std::string& root, absl::Duration at_most, Done done);

 private:
  struct Completion {
    Delivery delivery;
    absl::StatusOr<std::string> answer;
  };
  struct Waiter {
    absl::Time deadline;
    Done done;
    absl::Time ask = absl::InfinitePast();  // when to look whether it is still owed
  };

  void Work();
  // Whether more may be sent now.
  bool HasRoom() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  bool PeerIsDown() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ClaimAndSend(int at_most);
  void Finish(const std::vector<Completion>& completions);
  absl::Status MarkDelivered(postgres::Transaction& transaction, const Completion& completion);
  void MarkFailed(const std::vector<Completion>& failures);
  void NoteDelivered(const std::string& root);
  void ReleaseWaiters(absl::Time now);
  void ReleaseWaitersForNothing();
  // Those of the roots of which something is owed to the target.
  absl::StatusOr<std::set<std::string>> FindOwed(const std::set<std::string>& roots);
  std::vector<Done> TakeWaiters(const std::string& root) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void MeasureBacklog();

  const Options options_;
  postgres::Pool& pool_;
  const Send send_;
  const Settle settle_;
  metrics::Counter& delivered_count_;
  metrics::Counter& failed_count_;
  metrics::Gauge& oldest_owed_seconds_;

  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  bool nudged_ ABSL_GUARDED_BY(mutex_) = false;
  int in_flight_ ABSL_GUARDED_BY(mutex_) = 0;
  int most_in_flight_ ABSL_GUARDED_BY(mutex_);  // what the peer takes, as far as it has shown
  int taken_ ABSL_GUARDED_BY(mutex_) = 0;       // calls since that has changed
  std::vector<Completion> completions_ ABSL_GUARDED_BY(mutex_);
  std::multimap<std::string, Waiter> waiters_ ABSL_GUARDED_BY(mutex_);
  std::unordered_set<std::string> under_way_ ABSL_GUARDED_BY(mutex_);  // roots being sent
  absl::Time last_failure_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  // Roots delivered lately: a waiter may come after its delivery.
  std::deque<std::string> delivered_order_ ABSL_GUARDED_BY(mutex_);
  std::unordered_set<std::string> delivered_ ABSL_GUARDED_BY(mutex_);
  std::thread thread_;
};

}  // namespace partnerlink::outbox
