#include "common/outbox/relay.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/log/log.h"
#include "common/postgres/text_array.h"
#include "common/status/status.h"

namespace partnerlink::outbox {
namespace {

constexpr int kMostInFlight = 64;
constexpr absl::Duration kSweepPeriod = absl::Milliseconds(500);
constexpr absl::Duration kMeasurePeriod = absl::Seconds(10);
constexpr double kAlarmSeconds = 60;
constexpr absl::Duration kCallTime = absl::Seconds(3);  // less than the lease of ClaimAndSend
constexpr absl::Duration kFailureMemory = absl::Seconds(1);
constexpr size_t kDeliveredMemory = 4096;
constexpr size_t kErrorBytes = 300;

postgres::Scope WorkScope() { return {"", absl::Now() + absl::Seconds(5)}; }

}  // namespace

Relay::Relay(Options options, postgres::Pool& pool, Send send, Settle settle)
    : options_(std::move(options)),
      pool_(pool),
      send_(std::move(send)),
      settle_(std::move(settle)),
      delivered_count_(metrics::OutboxDelivered(options_.target)),
      failed_count_(metrics::OutboxFailed(options_.target)),
      oldest_owed_seconds_(metrics::OutboxOldestUndeliveredSeconds(options_.target)),
      most_in_flight_(kMostInFlight) {}

Relay::~Relay() { Stop(); }

void Relay::Start() {
  thread_ = std::thread([this] { Work(); });
}

void Relay::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Relay::Nudge() {
  absl::MutexLock lock(&mutex_);
  nudged_ = true;
}

void Relay::WhenDelivered(const std::string& root, absl::Duration at_most, Done done) {
  bool is_delivered;
  {
    absl::MutexLock lock(&mutex_);
    is_delivered = delivered_.contains(root);
    if (!stopping_ && !PeerIsDown() && !is_delivered) {
      nudged_ = true;
      waiters_.emplace(root, Waiter{absl::Now() + at_most, std::move(done)});
      return;
    }
  }
  done(is_delivered);
}

void Relay::Work() {
  absl::Time next_sweep = absl::InfinitePast();
  absl::Time next_measure = absl::InfinitePast();
  while (true) {
    std::vector<Completion> completions;
    int claim = 0;
    {
      absl::MutexLock lock(&mutex_);
      const auto something = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
        return (stopping_ && in_flight_ == 0) || !completions_.empty() ||
               (nudged_ && HasRoom() && !PeerIsDown());
      };
      absl::Time wake = HasRoom() ? next_sweep : absl::Now() + kSweepPeriod;
      for (const auto& [root, waiter] : waiters_) wake = std::min(wake, waiter.deadline);
      mutex_.AwaitWithDeadline(absl::Condition(&something), wake);
      completions.swap(completions_);
      if (stopping_ && in_flight_ == 0 && completions.empty()) break;
      // A peer that is down is tried by the sweep alone, with one row however many are owed; the
      // first that it takes brings the others.
      if (HasRoom() && ((nudged_ && !PeerIsDown()) || absl::Now() >= next_sweep)) {
        claim = PeerIsDown() ? 1 : most_in_flight_ - in_flight_;
        nudged_ = false;
      }
    }
    if (!completions.empty()) Finish(completions);
    if (claim > 0) {
      ClaimAndSend(claim);
      ReleaseWaitersForNothing();
      next_sweep = absl::Now() + kSweepPeriod;
    }
    if (absl::Now() >= next_measure) {
      MeasureBacklog();
      next_measure = absl::Now() + kMeasurePeriod;
    }
    ReleaseWaiters(absl::Now());
  }
  ReleaseWaiters(absl::InfiniteFuture());
}

bool Relay::PeerIsDown() const { return absl::Now() - last_failure_ < kFailureMemory; }

bool Relay::HasRoom() const { return !stopping_ && in_flight_ < most_in_flight_; }

void Relay::ClaimAndSend(int at_most) {
  absl::StatusOr<std::vector<Delivery>> claimed = postgres::Transact<std::vector<Delivery>>(
      pool_, WorkScope(),
      [&](postgres::Transaction& transaction) -> absl::StatusOr<std::vector<Delivery>> {
        const pqxx::result rows = transaction.RunOnce(
            // Materialised: a sub-select that a join runs again would lease beyond its limit.
            // Planned anew each time: a plan made when little was owed reads the whole outbox when
            // much is.
            R"sql(
            WITH due AS MATERIALIZED (
              SELECT id FROM common.outbox
              WHERE service = $1 AND target = $2 AND delivered_time IS NULL
                AND next_attempt_time <= clock_timestamp()
              ORDER BY next_attempt_time LIMIT $3::int FOR UPDATE SKIP LOCKED)
            UPDATE common.outbox o
            SET attempts = attempts + 1, next_attempt_time = clock_timestamp() + interval '5 seconds'
            FROM due WHERE o.id = due.id
            RETURNING o.id, o.event, o.root, o.resource, o.payload, o.attempts)sql",
            {options_.service, options_.target, absl::StrCat(at_most)});
        std::vector<Delivery> deliveries;
        for (const pqxx::row& row : rows) {
          deliveries.push_back({row[0].as<std::string>(), row[1].as<std::string>(),
                                row[2].as<std::string>(), row[3].as<std::string>(),
                                pqxx::binarystring(row[4]).str(), row[5].as<int>()});
        }
        return deliveries;
      });
  if (!claimed.ok()) return;                                     // the next sweep tries again
  if (claimed->size() == static_cast<size_t>(at_most)) Nudge();  // there may be more
  for (const Delivery& delivery : *claimed) {
    {
      absl::MutexLock lock(&mutex_);
      ++in_flight_;
      under_way_.insert(delivery.root);
    }
    send_(delivery, absl::Now() + kCallTime,
          [this, delivery](absl::StatusOr<std::string> answer) mutable {
            absl::MutexLock lock(&mutex_);
            --in_flight_;
            if (answer.status().code() == absl::StatusCode::kUnavailable ||
                answer.status().code() == absl::StatusCode::kDeadlineExceeded) {
              last_failure_ = absl::Now();
            } else if (last_failure_ != absl::InfinitePast()) {
              last_failure_ = absl::InfinitePast();
              nudged_ = true;
            }
            // A full peer works on what it has not refused: so much it takes.
            if (answer.status().code() == absl::StatusCode::kResourceExhausted) {
              most_in_flight_ = std::clamp(in_flight_, 1, most_in_flight_);
              taken_ = 0;
            } else if (answer.ok() && ++taken_ > most_in_flight_) {
              most_in_flight_ = std::min(most_in_flight_ + 1, kMostInFlight);
              taken_ = 0;
            }
            completions_.push_back({std::move(delivery), std::move(answer)});
          });
  }
}

// All successes in one transaction; one by one if that fails, so that one bad row holds up no
// other.
void Relay::Finish(const std::vector<Completion>& completions) {
  std::vector<const Completion*> successes;
  std::vector<Completion> failures;
  for (const Completion& completion : completions) {
    if (completion.answer.ok()) {
      successes.push_back(&completion);
    } else {
      failures.push_back(completion);
    }
  }
  MarkFailed(failures);
  if (successes.empty()) return;
  absl::Status together =
      postgres::TransactStatus(pool_, WorkScope(), [&](postgres::Transaction& transaction) {
        for (const Completion* completion : successes) {
          PARTNERLINK_RETURN_IF_ERROR(MarkDelivered(transaction, *completion));
        }
        return absl::OkStatus();
      });
  for (const Completion* completion : successes) {
    absl::Status status = together;
    if (!together.ok() && successes.size() > 1) {
      status =
          postgres::TransactStatus(pool_, WorkScope(), [&](postgres::Transaction& transaction) {
            return MarkDelivered(transaction, *completion);
          });
    }
    if (status.ok()) {
      NoteDelivered(completion->delivery.root);
    } else {
      MarkFailed({{completion->delivery, status}});
    }
  }
}

absl::Status Relay::MarkDelivered(postgres::Transaction& transaction,
                                  const Completion& completion) {
  PARTNERLINK_RETURN_IF_ERROR(settle_(transaction, completion.delivery, *completion.answer));
  transaction.RunLater(
      R"sql(UPDATE common.outbox SET delivered_time = clock_timestamp(), last_error = ''
            WHERE id = $1 AND delivered_time IS NULL)sql",
      completion.delivery.id);
  return absl::OkStatus();
}

// 0.2, 0.4, 0.8 … 2 s: a peer that is back hears of everything within two seconds.
void Relay::MarkFailed(const std::vector<Completion>& failures) {
  if (failures.empty()) return;
  failed_count_.Increment(static_cast<double>(failures.size()));
  {
    absl::MutexLock lock(&mutex_);
    for (const Completion& failure : failures) under_way_.erase(failure.delivery.root);
  }
  // A failure to write this is made good by the lease's end.
  postgres::TransactStatus(pool_, WorkScope(), [&](postgres::Transaction& transaction) {
    for (const auto& [delivery, answer] : failures) {
      const double seconds =
          std::min(2.0, 0.1 * static_cast<double>(1 << std::min(delivery.attempts, 10)));
      const std::string error = absl::StrCat(absl::StatusCodeToString(answer.status().code()), ": ",
                                             answer.status().message())
                                    .substr(0, kErrorBytes);
      transaction.RunLater(
          R"sql(UPDATE common.outbox
                SET next_attempt_time = clock_timestamp() + make_interval(secs => $2),
                  last_error = $3
                WHERE id = $1 AND delivered_time IS NULL)sql",
          delivery.id, seconds, error);
    }
    return absl::OkStatus();
  }).IgnoreError();
}

void Relay::NoteDelivered(const std::string& root) {
  delivered_count_.Increment();
  std::vector<Done> released;
  {
    absl::MutexLock lock(&mutex_);
    if (delivered_.insert(root).second) delivered_order_.push_back(root);
    if (delivered_order_.size() > kDeliveredMemory) {
      delivered_.erase(delivered_order_.front());
      delivered_order_.pop_front();
    }
    under_way_.erase(root);
    released = TakeWaiters(root);
  }
  for (const Done& done : released) done(true);
}

std::vector<Relay::Done> Relay::TakeWaiters(const std::string& root) {
  std::vector<Done> taken;
  const auto [begin, end] = waiters_.equal_range(root);
  for (auto waiter = begin; waiter != end; ++waiter)
    taken.push_back(std::move(waiter->second.done));
  waiters_.erase(begin, end);
  return taken;
}

// A repeated call waits for a change that may have arrived long ago; another replica may deliver
// what is waited for here: so each sweep asks, until it says that nothing is owed.
void Relay::ReleaseWaitersForNothing() {
  std::set<std::string> asked;
  {
    absl::MutexLock lock(&mutex_);
    const absl::Time now = absl::Now();
    for (auto& [root, waiter] : waiters_) {
      if (waiter.ask > now) continue;
      waiter.ask = now + kSweepPeriod;
      if (!under_way_.contains(root)) asked.insert(root);
    }
  }
  if (asked.empty()) return;
  const absl::StatusOr<std::set<std::string>> owed = FindOwed(asked);
  if (!owed.ok()) return;
  std::vector<Done> released;
  {
    absl::MutexLock lock(&mutex_);
    for (const std::string& root : asked) {
      if (owed->contains(root)) continue;
      for (Done& done : TakeWaiters(root)) released.push_back(std::move(done));
    }
  }
  for (const Done& done : released) done(true);
}

absl::StatusOr<std::set<std::string>> Relay::FindOwed(const std::set<std::string>& roots) {
  return postgres::Transact<std::set<std::string>>(
      pool_, WorkScope(),
      [&](postgres::Transaction& transaction) -> absl::StatusOr<std::set<std::string>> {
        std::set<std::string> owed;
        for (const pqxx::row& row :
             transaction.Run(R"sql(SELECT DISTINCT root FROM common.outbox
                                   WHERE root = ANY ($1::uuid[]) AND service = $2 AND target = $3
                                     AND delivered_time IS NULL)sql",
                             postgres::ToTextArray({roots.begin(), roots.end()}), options_.service,
                             options_.target)) {
          owed.insert(row[0].as<std::string>());
        }
        return owed;
      });
}

void Relay::ReleaseWaiters(absl::Time now) {
  std::vector<Done> released;
  bool peer_is_down;
  {
    absl::MutexLock lock(&mutex_);
    peer_is_down = PeerIsDown();
    for (auto waiter = waiters_.begin(); waiter != waiters_.end();) {
      if (peer_is_down || waiter->second.deadline <= now) {
        released.push_back(std::move(waiter->second.done));
        waiter = waiters_.erase(waiter);
      } else {
        ++waiter;
      }
    }
  }
  for (const Done& done : released) done(!peer_is_down);
}

void Relay::MeasureBacklog() {
  const absl::StatusOr<double> oldest = postgres::Transact<double>(
      pool_, WorkScope(), [this](postgres::Transaction& transaction) -> absl::StatusOr<double> {
        return transaction
            .Run(R"sql(SELECT coalesce(extract(epoch FROM clock_timestamp() - min(create_time)), 0)
                       FROM common.outbox
                       WHERE service = $1 AND target = $2 AND delivered_time IS NULL)sql",
                 options_.service, options_.target)[0][0]
            .as<double>();
      });
  if (!oldest.ok()) return;
  oldest_owed_seconds_.Set(*oldest);
  if (*oldest > kAlarmSeconds) {
    log::Error("delivery_overdue", {{"target", options_.target}, {"oldest_seconds", *oldest}});
  }
}

}  // namespace partnerlink::outbox
