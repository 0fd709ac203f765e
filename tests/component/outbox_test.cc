// The relay: every row reaches its peer, whatever fails on the way, and holds up nobody.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <atomic>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/identifier/uuid.h"
#include "common/outbox/consistency_token.h"
#include "common/outbox/relay.h"
#include "common/status/status.h"
#include "tests/support/test_database.h"

namespace partnerlink::outbox::outbox_test {
namespace {

using testing::AllOf;
using testing::Each;
using testing::Ge;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Le;
using testing::Pair;
using testing::SizeIs;

using Done = std::function<void(absl::StatusOr<std::string>)>;

// The other end of the relay: notes what comes and answers as the test says.
class Peer {
 public:
  // What to answer to a payload; nothing: the call stays open until AnswerAll.
  using Answer = std::function<std::optional<absl::StatusOr<std::string>>(const std::string&)>;

  explicit Peer(Answer answer = [](const std::string&) { return "fine"; })
      : answer_(std::move(answer)) {}

  Send AsSend() {
    return [this](const Delivery& delivery, absl::Time, Done done) {
      const std::string& payload = delivery.payload;
      const auto answer = answer_(payload);
      {
        absl::MutexLock lock(&mutex_);
        ++calls_[payload];
        if (!answer) open_.push_back(std::move(done));
      }
      if (answer) done(*answer);
    };
  }

  void AwaitCalls(size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [&] { return calls_.size() >= count; };
    EXPECT_TRUE(mutex_.AwaitWithTimeout(absl::Condition(&enough), absl::Seconds(10)));
  }
  // Calls by payload.
  std::map<std::string, int> calls() {
    absl::MutexLock lock(&mutex_);
    return calls_;
  }
  size_t open() {
    absl::MutexLock lock(&mutex_);
    return open_.size();
  }
  void AnswerAll(const absl::StatusOr<std::string>& answer) {
    std::vector<Done> open;
    {
      absl::MutexLock lock(&mutex_);
      open.swap(open_);
    }
    for (const Done& done : open) done(answer);
  }

 private:
  const Answer answer_;
  absl::Mutex mutex_;
  std::map<std::string, int> calls_;
  std::vector<Done> open_;
};

// Calls stay open while the peer hangs: with 64 of them the relay sends no more, so that none is
// overlooked when it hangs no longer.
Peer::Answer WhileIt(const std::atomic<bool>& hangs) {
  return [&hangs](const std::string&) -> std::optional<absl::StatusOr<std::string>> {
    if (hangs) return std::nullopt;
    return "fine";
  };
}

absl::Status Accepted(postgres::Transaction&, const Delivery&, const std::string&) {
  return absl::OkStatus();
}

class RelayTest : public testing::Test {
 protected:
  RelayTest() : pool_("invitation_worker", database_.Conninfo("invitation_worker"), 2) {}

  // Rows `p1` … owed to Relationship; answers their roots.
  std::vector<std::string> Owe(int count) {
    std::vector<std::string> roots;
    std::string values;
    for (int i = 1; i <= count; ++i) {
      roots.push_back(NewUuid());
      absl::StrAppend(&values, i > 1 ? ", " : "", "('", roots.back(), "', '", roots.back(),
                      "', 'partners/contoso', '', 'invitation', 'x', 'r", i,
                      "', 'relationship', 'p", i, "')");
    }
    database_.Run(
        "INSERT INTO common.outbox (id, root, account, actor_account, service, event,"
        " resource, target, payload) VALUES " +
        values);
    return roots;
  }

  std::unique_ptr<Relay> StartRelay(Peer& peer, Settle settle = Accepted) {
    auto relay = std::make_unique<Relay>(Relay::Options{"invitation", "relationship"}, pool_,
                                         peer.AsSend(), std::move(settle));
    relay->Start();
    return relay;
  }

  int Owed() {
    return database_.Count("SELECT count(*) FROM common.outbox WHERE delivered_time IS NULL");
  }
  // Whether `condition` (SQL) comes true in time.
  bool Await(const std::string& condition, absl::Duration time = absl::Seconds(10)) {
    const absl::Time end = absl::Now() + time;
    while (absl::Now() < end) {
      if (database_.Value("SELECT (" + condition + ")::text") == "true") return true;
      absl::SleepFor(absl::Milliseconds(5));
    }
    return false;
  }
  bool AwaitNothingOwed(absl::Duration time = absl::Seconds(10)) {
    return Await("NOT EXISTS (SELECT FROM common.outbox WHERE delivered_time IS NULL)", time);
  }

  support::TestDatabase database_;
  postgres::Pool pool_;
};

TEST_F(RelayTest, EveryRowIsDeliveredOnce) {
  Owe(100);
  Peer peer;
  const auto relay = StartRelay(peer);
  ASSERT_TRUE(AwaitNothingOwed());
  EXPECT_THAT(peer.calls(), AllOf(SizeIs(100), Each(Pair(testing::_, 1))));
}

TEST_F(RelayTest, OnlyItsOwnRowsAreTaken) {
  Owe(1);
  database_.Run(
      "INSERT INTO common.outbox (id, root, account, actor_account, service, event, resource, "
      "target,"
      " payload, delivered_time) VALUES"
      " (gen_random_uuid(), gen_random_uuid(), 'a', '', 'relationship', 'x', 'x', 'relationship', "
      "'other', NULL),"
      " (gen_random_uuid(), gen_random_uuid(), 'a', '', 'invitation', 'x', 'x', 'directory', "
      "'other', NULL),"
      " (gen_random_uuid(), gen_random_uuid(), 'a', '', 'invitation', 'x', 'x', NULL, 'other', "
      "NULL),"
      " (gen_random_uuid(), gen_random_uuid(), 'a', '', 'invitation', 'x', 'x', 'relationship', "
      "'other', now())");
  Peer peer;
  const auto relay = StartRelay(peer);
  ASSERT_TRUE(Await("(SELECT delivered_time IS NOT NULL FROM common.outbox WHERE payload = 'p1')"));
  relay->Stop();
  EXPECT_EQ(peer.calls(), (std::map<std::string, int>{{"p1", 1}}));
}

TEST_F(RelayTest, ANudgeIsFasterThanTheSweep) {
  Peer peer;
  const auto relay = StartRelay(peer);
  Owe(1);
  ASSERT_TRUE(AwaitNothingOwed());  // the next sweep is half a second away now
  Owe(1);
  relay->Nudge();
  EXPECT_TRUE(AwaitNothingOwed(absl::Milliseconds(300)));
}

TEST_F(RelayTest, AFailureIsTriedAgainUntilItSucceeds) {
  Owe(1);
  std::atomic<int> failures = 3;
  Peer peer([&](const std::string&) -> absl::StatusOr<std::string> {
    if (failures-- > 0) return absl::UnavailableError("the peer is away");
    return "fine";
  });
  const auto relay = StartRelay(peer);
  ASSERT_TRUE(Await("(SELECT last_error <> '' FROM common.outbox)"));
  EXPECT_THAT(database_.Value("SELECT last_error FROM common.outbox"), HasSubstr("UNAVAILABLE"));
  ASSERT_TRUE(AwaitNothingOwed());
  EXPECT_EQ(database_.Count("SELECT attempts FROM common.outbox"), 4);
  EXPECT_EQ(database_.Value("SELECT last_error FROM common.outbox"), "");
}

TEST_F(RelayTest, ABadRowHoldsUpNoOther) {
  Owe(20);
  Peer peer;
  const auto relay = StartRelay(peer,
                                [](postgres::Transaction& transaction, const Delivery& delivery,
                                   const std::string&) -> absl::Status {
                                  if (delivery.payload == "p7") transaction.Run("SELECT 1 / 0");
                                  if (delivery.payload == "p8") return absl::InternalError("no");
                                  return absl::OkStatus();
                                });
  ASSERT_TRUE(Await("(SELECT count(*) = 2 FROM common.outbox WHERE delivered_time IS NULL)"));
  ASSERT_TRUE(Await("(SELECT count(*) = 2 FROM common.outbox WHERE last_error <> '')"));
  EXPECT_EQ(database_.Value("SELECT string_agg(convert_from(payload, 'UTF8'), ' ' ORDER BY payload)"
                            " FROM common.outbox WHERE delivered_time IS NULL"),
            "p7 p8");
}

TEST_F(RelayTest, WhatTheAnswerChangesCommitsWithTheDelivery) {
  Owe(1);
  database_.Run(
      "CREATE TABLE public.effects (id text);"
      "GRANT USAGE ON SCHEMA public TO invitation_worker;"
      "GRANT INSERT ON public.effects TO invitation_worker");
  std::atomic<bool> first = true;
  Peer peer;
  const auto relay = StartRelay(
      peer,
      [&](postgres::Transaction& transaction, const Delivery& delivery,
          const std::string& answer) -> absl::Status {
        EXPECT_EQ(answer, "fine");
        transaction.Run("INSERT INTO public.effects VALUES ($1)", delivery.resource);
        return first.exchange(false) ? absl::InternalError("after the effect") : absl::OkStatus();
      });
  ASSERT_TRUE(AwaitNothingOwed());
  EXPECT_EQ(database_.Value("SELECT string_agg(id, ' ') FROM public.effects"), "r1");
  EXPECT_EQ(database_.Value(
                "SELECT count(DISTINCT xmin::text) FROM ("
                "SELECT xmin FROM public.effects UNION ALL SELECT xmin FROM common.outbox) x"),
            "1");
}

TEST_F(RelayTest, ARowOfADeadReplicaIsTakenWhenItsLeaseEnds) {
  Owe(1);
  database_.Run(
      "UPDATE common.outbox SET attempts = 1,"
      " next_attempt_time = clock_timestamp() + interval '400 milliseconds'");
  const absl::Time lease_end = absl::Now() + absl::Milliseconds(400);
  absl::Time taken;
  Peer peer([&](const std::string&) {
    taken = absl::Now();
    return "fine";
  });
  const auto relay = StartRelay(peer);
  relay->Nudge();
  ASSERT_TRUE(AwaitNothingOwed());
  EXPECT_GE(taken, lease_end - absl::Milliseconds(20));
  EXPECT_LE(taken, lease_end + absl::Seconds(1));
}

TEST_F(RelayTest, ALeaseOutlivesTheCallAndHoldsNoLock) {
  Owe(1);
  Peer peer([](const std::string&) { return std::nullopt; });
  const auto relay = StartRelay(peer);
  peer.AwaitCalls(1);
  EXPECT_EQ(database_.Value("SELECT next_attempt_time > clock_timestamp() + interval '3.5 seconds'"
                            " FROM common.outbox FOR UPDATE NOWAIT"),
            "t");
  EXPECT_EQ(
      database_.Count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                      " AND state LIKE 'idle in transaction%'"),
      0);
  peer.AnswerAll("fine");
  ASSERT_TRUE(AwaitNothingOwed());
}

TEST_F(RelayTest, TwoReplicasShareTheRows) {
  Owe(300);
  Peer one;
  Peer two;
  postgres::Pool other("invitation_worker", database_.Conninfo("invitation_worker"), 2);
  Relay second({"invitation", "relationship"}, other, two.AsSend(), Accepted);
  const auto first = StartRelay(one);
  second.Start();
  while (Owed() > 0) {
    first->Nudge();
    second.Nudge();
  }
  first->Stop();
  second.Stop();
  std::map<std::string, int> calls = one.calls();
  for (const auto& [payload, count] : two.calls()) calls[payload] += count;
  EXPECT_THAT(calls, AllOf(SizeIs(300), Each(Pair(testing::_, 1))));
}

TEST_F(RelayTest, ABacklogIsSentWithoutPauses) {
  Owe(1000);
  Peer peer;
  const absl::Time start = absl::Now();
  const auto relay = StartRelay(peer);
  ASSERT_TRUE(AwaitNothingOwed(absl::Seconds(20)));
  EXPECT_LE(absl::Now() - start, absl::Seconds(4)) << "64 rows in half a second are too few";
}

TEST_F(RelayTest, APeerThatIsDownIsTriedWithOneRowAndThenGetsAll) {
  Owe(200);
  std::atomic<bool> is_down = true;
  Peer peer([&](const std::string&) -> absl::StatusOr<std::string> {
    if (is_down) return absl::UnavailableError("the peer is away");
    return "fine";
  });
  const auto attempts = [&] { return database_.Count("SELECT sum(attempts) FROM common.outbox"); };
  const auto relay = StartRelay(peer);
  ASSERT_TRUE(Await("(SELECT count(*) = 64 FROM common.outbox WHERE last_error <> '')"));
  const int first = attempts();
  ASSERT_TRUE(
      Await("(SELECT sum(attempts) >= " + std::to_string(first + 3) + " FROM common.outbox)"));
  relay->Nudge();
  absl::SleepFor(absl::Milliseconds(100));
  EXPECT_THAT(attempts(), AllOf(Ge(first + 3), Le(first + 4)));
  is_down = false;
  const absl::Time back = absl::Now();
  ASSERT_TRUE(AwaitNothingOwed());
  EXPECT_LE(absl::Now() - back, absl::Seconds(3));
}

TEST_F(RelayTest, NoMoreRowsAreLeasedThanAreSent) {
  Owe(400);
  std::atomic<bool> hangs = true;
  Peer peer(WhileIt(hangs));
  const auto relay = StartRelay(peer);
  peer.AwaitCalls(64);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE attempts > 0"), 64);
  hangs = false;
  peer.AnswerAll("fine");
}

TEST_F(RelayTest, AFullPeerIsSentNoMoreThanItTakes) {
  constexpr size_t kTaken = 20;
  Owe(400);
  Peer peer([&](const std::string&) -> std::optional<absl::StatusOr<std::string>> {
    if (peer.open() >= kTaken) return absl::ResourceExhaustedError("the queue is full");
    return std::nullopt;
  });
  const auto relay = StartRelay(peer);
  const absl::Time end = absl::Now() + absl::Seconds(20);
  while (Owed() > 0 && absl::Now() < end) peer.AnswerAll("fine");
  EXPECT_EQ(Owed(), 0);
  int calls = 0;
  for (const auto& [payload, count] : peer.calls()) calls += count;
  EXPECT_LE(calls, 500) << "a row is sent in vain only until the relay knows what the peer takes";
}

double ProcessorSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) +
         static_cast<double>(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6;
}

TEST_F(RelayTest, APeerThatHangsCostsNoProcessorTime) {
  Owe(70);
  std::atomic<bool> hangs = true;
  Peer peer(WhileIt(hangs));
  const auto relay = StartRelay(peer);
  peer.AwaitCalls(64);
  relay->Nudge();
  const double before = ProcessorSeconds();
  absl::SleepFor(absl::Seconds(1));
  EXPECT_LE(ProcessorSeconds() - before, 0.3);
  hangs = false;
  peer.AnswerAll("fine");
}

class Waiting {
 public:
  Waiting(Relay& relay, const std::string& root, absl::Duration at_most) : start_(absl::Now()) {
    relay.WhenDelivered(root, at_most, [this](bool may_be_delivered) {
      took_ = absl::Now() - start_;
      may_be_delivered_ = may_be_delivered;
      done_.Notify();
    });
  }
  ~Waiting() { done_.WaitForNotification(); }
  absl::Duration Took() {
    done_.WaitForNotification();
    return took_;
  }
  bool MayBeDelivered() {
    done_.WaitForNotification();
    return may_be_delivered_;
  }

 private:
  const absl::Time start_;
  absl::Duration took_;
  bool may_be_delivered_ = false;
  absl::Notification done_;
};

TEST_F(RelayTest, WhoWaitsHearsOfTheDeliveryAtOnce) {
  Peer peer;
  const auto relay = StartRelay(peer);
  const std::string root = Owe(1)[0];
  Waiting first(*relay, root, absl::Seconds(5));
  EXPECT_LE(first.Took(), absl::Milliseconds(400));
  EXPECT_TRUE(first.MayBeDelivered());
  EXPECT_EQ(Owed(), 0);
  Waiting second(*relay, root, absl::Seconds(5));
  EXPECT_LE(second.Took(), absl::Milliseconds(50)) << "also who comes after it";
  EXPECT_TRUE(second.MayBeDelivered());
}

TEST_F(RelayTest, WhoWaitsDoesSoNoLongerThanAsked) {
  Peer peer([](const std::string&) { return std::nullopt; });
  const auto relay = StartRelay(peer);
  const std::string root = Owe(1)[0];
  const absl::Duration took = Waiting(*relay, root, absl::Milliseconds(300)).Took();
  EXPECT_THAT(took, AllOf(Ge(absl::Milliseconds(300)), Le(absl::Milliseconds(600))));
  EXPECT_LE(Waiting(*relay, root, absl::Seconds(-1)).Took(), absl::Milliseconds(300));
  peer.AnswerAll("fine");
}

TEST_F(RelayTest, WhoWaitsHearsOfWhatAnotherReplicaDelivers) {
  Peer peer;
  const auto relay = StartRelay(peer);
  // Leased: the other replica has it under way.
  const std::string other = NewUuid();
  database_.Run(
      "INSERT INTO common.outbox (id, root, account, actor_account, service, event, resource,"
      " target, payload, attempts, next_attempt_time) VALUES ('" +
      other + "', '" + other +
      "', 'partners/contoso', '', 'invitation', 'x', 'r', 'relationship', 'p', 1,"
      " clock_timestamp() + interval '1 minute')");
  std::thread replica([&] {
    absl::SleepFor(absl::Milliseconds(1200));
    database_.Run(
        "UPDATE common.outbox SET delivered_time = clock_timestamp()"
        " WHERE delivered_time IS NULL");
  });
  Waiting waiting(*relay, other, absl::Seconds(8));
  EXPECT_THAT(waiting.Took(), AllOf(Ge(absl::Milliseconds(1100)), Le(absl::Seconds(4))));
  EXPECT_TRUE(waiting.MayBeDelivered());
  replica.join();
}

TEST_F(RelayTest, NobodyWaitsForAPeerThatIsDown) {
  Peer peer([](const std::string&) { return absl::UnavailableError("the peer is away"); });
  const auto relay = StartRelay(peer);
  const std::string root = Owe(1)[0];
  Waiting first(*relay, root, absl::Seconds(5));
  EXPECT_LE(first.Took(), absl::Milliseconds(800)) << "the first failure ends the wait";
  EXPECT_FALSE(first.MayBeDelivered());
  Waiting second(*relay, root, absl::Seconds(5));
  EXPECT_LE(second.Took(), absl::Milliseconds(50)) << "within the next second none begins";
  EXPECT_FALSE(second.MayBeDelivered());
}

TEST_F(RelayTest, StopEndsAllWaitsAndSendsNothingMore) {
  Peer peer([](const std::string&) { return std::nullopt; });
  auto relay = StartRelay(peer);
  const std::string root = Owe(1)[0];
  Waiting waiting(*relay, root, absl::Minutes(5));
  peer.AwaitCalls(1);
  std::thread answer([&] { peer.AnswerAll("fine"); });
  relay->Stop();
  answer.join();
  EXPECT_LE(waiting.Took(), absl::Seconds(5));
  EXPECT_EQ(Owed(), 0) << "the call under way was finished";
  Owe(1);
  relay->Nudge();
  EXPECT_LE(Waiting(*relay, "x", absl::Minutes(5)).Took(), absl::Milliseconds(100));
  relay.reset();
  EXPECT_EQ(Owed(), 1);
  EXPECT_THAT(peer.calls(), SizeIs(1));
}

TEST_F(RelayTest, StopWithoutStartIsFine) {
  Peer peer;
  Relay relay({"invitation", "relationship"}, pool_, peer.AsSend(), Accepted);
  relay.Stop();
}

TEST_F(RelayTest, ADatabaseThatGoesAwayIsWaitedFor) {
  Peer peer;
  const auto relay = StartRelay(peer);
  Owe(5);
  database_.Run(
      "SELECT pg_terminate_backend(pid, 2000) FROM pg_stat_activity"
      " WHERE datname = current_database() AND pid <> pg_backend_pid()");
  Owe(5);
  EXPECT_TRUE(AwaitNothingOwed());
}

TEST_F(RelayTest, AChangeIsOnItsWayUntilAllOfItsDeliveriesHaveArrived) {
  postgres::Pool reader("invitation", database_.Conninfo("invitation"), 1);
  const std::string root = Owe(1)[0];
  const auto owed = [&](const std::string& event) {
    return IsOwed(reader, event, absl::Now() + absl::Seconds(5)).value();
  };
  EXPECT_TRUE(owed(root));
  EXPECT_FALSE(owed(NewUuid())) << "an unknown one is waited for by nobody";
  Peer peer;
  const auto relay = StartRelay(peer);
  ASSERT_TRUE(AwaitNothingOwed());
  EXPECT_FALSE(owed(root));
  // What the peer has made of it is still on its way to the next.
  database_.Run(
      "INSERT INTO common.outbox (id, root, account, actor_account, service, event,"
      " resource, target, payload) VALUES (gen_random_uuid(), '" +
      root + "', 'a', '', 'relationship', 'x', 'x', 'directory', '')");
  EXPECT_TRUE(owed(root));
}

}  // namespace
}  // namespace partnerlink::outbox::outbox_test
