// Subscriptions under races: orders, seat changes, pauses and cancellations at once never lose a
// seat, and the history says how each came about. What the history adds up to is what is there.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "tests/support/order_fixture.h"
#include "tests/support/race.h"
#include "tests/support/seed.h"

namespace partnerlink::subscription_races_test {
namespace {

using directory::v1::Subscription;
using support::CancellationOf;
using support::IdOf;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::MoreSeats;
using support::OrderTest;
using support::Race;
using support::RenewalOf;
using support::SalesAgent;
using support::SeatsOf;

constexpr int kRacers = 8;
constexpr int kSteps = 12;

class SubscriptionRaceTest : public OrderTest {
 protected:
  SubscriptionRaceTest() {
    Relate(kContoso, kNorthwind);
    Relate(kFabrikam, kNorthwind, "PROVIDER");
    database_.Run(
        "INSERT INTO relationship.partnerships (provider, reseller, state, source, invitation)"
        " VALUES ('partners/fabrikam', 'partners/contoso', 'ACTIVE', 'x', 'x')");
  }

  // Whether it was done; anything but what a race may be refused with is a fault.
  bool Done(const absl::Status& status) {
    if (status.ok()) return true;
    const auto reason = ReasonOf(status);
    if (reason != common::v1::STATE_TRANSITION && reason != common::v1::CONFLICT &&
        reason != common::v1::ETAG_MISMATCH) {
      ADD_FAILURE() << status;
    }
    return false;
  }

  // Racers that each make random changes of the subscription, every second one for the reseller's
  // provider, which orders only. How many seats the orders that were answered have added.
  int RaceThrough(const std::string& subscription, uint64_t seed, bool may_cancel) {
    std::atomic<int> added = 0;
    Race(kRacers, [&](int racer) {
      std::mt19937_64 random(seed * 100 + static_cast<uint64_t>(racer));
      const Principal caller = SalesAgent(racer % 2 == 0 ? kContoso : kFabrikam);
      for (int step = 0; step < kSteps; ++step) {
        const int seats = 1 + static_cast<int>(random() % 5);
        const uint64_t what = random() % 10;
        if (racer % 2 != 0 || what < 4) {
          if (Done(CreateOrder(caller, MoreSeats(subscription, seats)).status())) added += seats;
        } else if (what < 7) {
          MoveSeats(caller, subscription, seats - 3);
        } else if (what == 7) {
          Done(SuspendSubscription(caller, subscription).status());
        } else if (what == 8 || !may_cancel || step < kSteps / 2) {
          Done(ReactivateSubscription(caller, subscription).status());
        } else {
          Done(CancelSubscription(caller, CancellationOf(subscription)).status());
        }
      }
    });
    return added;
  }

  // Sets the seats to what they were when they were read and so many more; by the etag nothing is
  // lost that came between.
  void MoveSeats(const Principal& caller, const std::string& subscription, int by) {
    const auto present = GetSubscription(caller, subscription);
    ASSERT_TRUE(present.ok()) << present.status();
    auto request = SeatsOf(subscription, std::max(1, present->quantity() + by));
    request.mutable_subscription()->set_etag(with_etag_ ? present->etag() : "");
    if (Done(UpdateSubscription(caller, request).status())) {
      moved_ += request.subscription().quantity() - present->quantity();
    }
  }

  std::string Of(const std::string& subscription, const std::string& sql) {
    return database_.Value(
        absl::StrCat("SELECT ", sql, " WHERE c.subscription = '", IdOf(subscription), "'"));
  }

  int Seats(const std::string& subscription) {
    return GetSubscription(SalesAgent(kContoso), subscription)->quantity();
  }

  // How many changes of the history do not begin where the one before has ended, or are missing
  // between two, or do not end in what the subscription is now.
  int Breaks() {
    return database_.Count(
        "WITH chain AS (SELECT customer, subscription, revision, old_quantity, old_state,"
        "   new_quantity, new_state,"
        "   lag(revision) OVER before AS last_revision, lag(new_quantity) OVER before AS "
        "last_quantity,"
        "   lag(new_state) OVER before AS last_state"
        "  FROM directory.subscription_changes"
        "  WINDOW before AS (PARTITION BY customer, subscription ORDER BY revision))"
        " SELECT (SELECT count(*) FROM chain WHERE CASE WHEN last_revision IS NULL"
        "     THEN revision <> 1 OR old_quantity IS NOT NULL"
        "     ELSE (revision, old_quantity, old_state)"
        "       IS DISTINCT FROM (last_revision + 1, last_quantity, last_state) END)"
        "  + (SELECT count(*) FROM directory.subscriptions s WHERE NOT EXISTS ("
        "       SELECT FROM chain c WHERE c.customer = s.customer AND c.subscription = s.id"
        "         AND (c.revision, c.new_quantity, c.new_state) = (s.revision, s.quantity, "
        "s.state)))");
  }

  bool with_etag_ = true;
  std::atomic<int> moved_ = 0;
};

TEST_F(SubscriptionRaceTest, OrdersAndSeatChangesAndPausesNeverLoseASeat) {
  const uint64_t seed = support::SeedOfThisRun();
  for (uint64_t round = 0; round < 4; ++round) {
    moved_ = 0;
    const std::string subscription = Sold(SalesAgent(kContoso), kNorthwind, 50);
    const int added = RaceThrough(subscription, seed + round, false);
    EXPECT_GT(added, 0);
    EXPECT_EQ(Seats(subscription), 50 + added + moved_);
    EXPECT_EQ(Of(subscription,
                 "sum(c.new_quantity - coalesce(c.old_quantity, 0))"
                 " FROM directory.subscription_changes c"),
              absl::StrCat(50 + added + moved_));
    EXPECT_EQ(Of(subscription, "sum(c.quantity) FROM directory.order_lines c"),
              absl::StrCat(50 + added));
  }
  EXPECT_EQ(Breaks(), 0);
}

TEST_F(SubscriptionRaceTest, WhatIsCancelledBesideThemKeepsTheSeatsOfItsEnd) {
  const uint64_t seed = support::SeedOfThisRun();
  int cancelled = 0;
  for (uint64_t round = 0; round < 6; ++round) {
    moved_ = 0;
    const std::string subscription = Sold(SalesAgent(kContoso), kNorthwind, 50);
    const int added = RaceThrough(subscription, seed + round, true);
    EXPECT_EQ(Seats(subscription), 50 + added + moved_);
    if (GetSubscription(SalesAgent(kContoso), subscription)->state() == Subscription::CANCELLED) {
      ++cancelled;
      EXPECT_EQ(Of(subscription,
                   "count(*) FROM directory.subscription_changes c"
                   " JOIN directory.subscriptions s ON s.id = c.subscription"
                   "  AND s.revision = c.revision AND c.kind = 'CANCELLED'"),
                "1")
          << "something came after the end";
    }
  }
  EXPECT_GT(cancelled, 0);
  EXPECT_EQ(Breaks(), 0);
}

TEST_F(SubscriptionRaceTest, ItsLastTermEndsOnceWhateverComesBeside) {
  for (int round = 0; round < 20; ++round) {
    const std::string subscription = Sold(SalesAgent(kContoso), kNorthwind, 1);
    EndTerm(subscription, absl::StrCat("clock_timestamp() + interval '", round % 10, " ms'"));
    std::atomic<int> added = 0;
    Race(4, [&](int racer) {
      if (racer == 0) return SweepExpired();
      if (Done(CreateOrder(SalesAgent(kContoso), MoreSeats(subscription, 1)).status())) ++added;
    });
    while (GetSubscription(SalesAgent(kContoso), subscription)->state() != Subscription::EXPIRED) {
      std::this_thread::yield();
    }
    SweepExpired();
    EXPECT_EQ(Seats(subscription), 1 + added);
    EXPECT_EQ(Of(subscription,
                 "count(*) FILTER (WHERE c.kind = 'EXPIRED') || ' ' ||"
                 " count(*) FILTER (WHERE c.kind <> 'EXPIRED' AND EXISTS ("
                 "   SELECT FROM directory.subscription_changes e WHERE e.kind = 'EXPIRED'"
                 "     AND e.subscription = c.subscription AND e.revision < c.revision))"
                 " FROM directory.subscription_changes c"),
              "1 0");
  }
  EXPECT_EQ(Breaks(), 0);
}

// The control: where nobody holds the row between reading and writing its seats, they are lost, and
// the sums and the history show it.
TEST_F(SubscriptionRaceTest, ControlWithoutTheEtagSeatsAreLost) {
  with_etag_ = false;
  const uint64_t seed = support::SeedOfThisRun();
  int lost = 0;
  for (uint64_t round = 0; round < 30 && lost == 0; ++round) {
    moved_ = 0;
    const std::string subscription = Sold(SalesAgent(kContoso), kNorthwind, 50);
    const int added = RaceThrough(subscription, seed + round, false);
    if (Seats(subscription) != 50 + added + moved_) ++lost;
  }
  EXPECT_GT(lost, 0);
}

// The control of the chain: a write past the service shows as a break.
TEST_F(SubscriptionRaceTest, ControlASeatPastTheHistoryIsFound) {
  Sold(SalesAgent(kContoso), kNorthwind, 50);
  EXPECT_EQ(Breaks(), 0);
  database_.Run("UPDATE directory.subscriptions SET quantity = quantity - 1");
  EXPECT_EQ(Breaks(), 1);
}

}  // namespace
}  // namespace partnerlink::subscription_races_test
