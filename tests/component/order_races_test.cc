// Orders against orders, cancellations and removals, all at once: no seat is lost, and nothing is
// ever sold through a relationship that is over.
#include <gtest/gtest.h>

#include <atomic>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "tests/support/order_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::order_races_test {
namespace {

using directory::v1::Subscription;
using support::CancellationOf;
using support::kContoso;
using support::kNorthwind;
using support::MoreSeats;
using support::OrderOf;
using support::OrderTest;
using support::PrincipalOf;
using support::Race;
using support::SalesAgent;

constexpr int kRacers = 16;

class OrderRaceTest : public OrderTest {
 protected:
  struct Outcomes {
    int sold = 0;
    int removed = 0;
    int unexplained = 0;  // refusals that no rule gives
  };

  // Orderers and one remover at once, for a customer of their own each round.
  Outcomes RaceWithARemoval(int round) {
    const std::string customer = absl::StrCat("customers/race-", round);
    const std::string edge = Relate(kContoso, customer);
    std::atomic<int> sold = 0;
    std::atomic<int> removed = 0;
    std::atomic<int> unexplained = 0;
    const auto count = [&](const absl::Status& status, ErrorReason refusal,
                           std::atomic<int>& done) {
      if (status.ok()) {
        ++done;
      } else if (ReasonOf(status) != refusal && ReasonOf(status) != common::v1::CONFLICT) {
        ++unexplained;
      }
    };
    const int orderers = 1 + round % kMostOrderers;
    Race(orderers + 1, [&](int racer) {
      if (racer == orderers) {
        count(Remove(PrincipalOf(kContoso, {"admin_agent"}), edge).status(),
              common::v1::ACTIVE_SUBSCRIPTIONS, removed);
      } else {
        count(CreateOrder(anna_, OrderOf(customer, 1)).status(), common::v1::RESOURCE_NOT_FOUND,
              sold);
      }
    });
    EXPECT_EQ(database_.Count(absl::StrCat("SELECT count(*) FROM directory.orders"
                                           " WHERE customer = '",
                                           customer, "'")),
              sold);
    return {sold, removed, unexplained};
  }

  static constexpr int kMostOrderers = 6;
  const Principal anna_ = SalesAgent(kContoso);
};

TEST_F(OrderRaceTest, NoSeatIsLost) {
  Relate(kContoso, kNorthwind);
  const std::string subscription = Sold(anna_, kNorthwind, 1);
  std::atomic<int> added = 0;
  Race(kRacers, [&](int racer) {
    const absl::Status status = CreateOrder(anna_, MoreSeats(subscription, racer + 1)).status();
    if (status.ok()) added += racer + 1;
    EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::CONFLICT) << status;
  });
  EXPECT_GT(added, 0);
  EXPECT_EQ(GetSubscription(anna_, subscription)->quantity(), 1 + added);
  EXPECT_EQ(database_.Count("SELECT sum(quantity) FROM directory.order_lines"), 1 + added);
}

TEST_F(OrderRaceTest, SeatsOfSeveralSubscriptionsAddUpInWhateverOrderTheyAreNamed) {
  Relate(kContoso, kNorthwind);
  const std::string first = Sold(anna_, kNorthwind, 1);
  const std::string second = Sold(anna_, kNorthwind, 1);
  std::atomic<int> placed = 0;
  Race(kRacers, [&](int racer) {
    auto request = MoreSeats(racer % 2 == 0 ? first : second, 1);
    auto& line = *request.mutable_order()->add_line_items();
    line.set_subscription(racer % 2 == 0 ? second : first);
    line.set_quantity(1);
    const absl::Status status = CreateOrder(anna_, request).status();
    if (status.ok()) ++placed;
    EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::CONFLICT) << status;
  });
  EXPECT_GT(placed, 0);
  EXPECT_EQ(GetSubscription(anna_, first)->quantity(), 1 + placed);
  EXPECT_EQ(GetSubscription(anna_, second)->quantity(), 1 + placed);
}

TEST_F(OrderRaceTest, ACancelledSubscriptionGetsNoMoreSeats) {
  Relate(kContoso, kNorthwind);
  for (int round = 0; round < 5; ++round) {
    const std::string subscription = Sold(anna_, kNorthwind, 1);
    std::atomic<int> added = 0;
    Race(8, [&](int racer) {
      if (racer == 0) {
        absl::Status status;
        do {
          status = CancelSubscription(anna_, CancellationOf(subscription)).status();
        } while (ReasonOf(status) == common::v1::CONFLICT);
        EXPECT_TRUE(status.ok()) << status;
        return;
      }
      const absl::Status status = CreateOrder(anna_, MoreSeats(subscription, 1)).status();
      if (status.ok()) ++added;
      EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::STATE_TRANSITION ||
                  ReasonOf(status) == common::v1::CONFLICT)
          << status;
    });
    const auto after = GetSubscription(anna_, subscription);
    ASSERT_TRUE(after.ok()) << after.status();
    EXPECT_EQ(after->state(), Subscription::CANCELLED);
    EXPECT_EQ(after->quantity(), 1 + added);
    EXPECT_EQ(database_.Value(absl::StrCat(
                  "SELECT after->>'state' FROM common.audit_entries WHERE resource = '",
                  subscription, "' ORDER BY id DESC LIMIT 1")),
              "CANCELLED");
  }
}

TEST_F(OrderRaceTest, ARepeatedCallIsOneOrderAlsoUnderARace) {
  Relate(kContoso, kNorthwind);
  auto request = OrderOf(kNorthwind, 1);
  request.set_request_id(NewUuid());
  std::vector<std::string> answers(8);
  Race(8, [&](int racer) {
    const auto order = CreateOrder(anna_, request);
    EXPECT_TRUE(order.ok() || ReasonOf(order.status()) == common::v1::CONFLICT) << order.status();
    if (order.ok()) answers[static_cast<size_t>(racer)] = order->SerializeAsString();
  });
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.orders"), 1);
  std::set<std::string> different(answers.begin(), answers.end());
  different.erase("");
  EXPECT_EQ(different.size(), 1u);
}

TEST_F(OrderRaceTest, NothingIsSoldBesideARemoval) {
  Outcomes all;
  for (int round = 0; round < 40; ++round) {
    const Outcomes one = RaceWithARemoval(round);
    EXPECT_TRUE(one.removed == 0 || one.sold == 0);
    EXPECT_EQ(one.unexplained, 0);
    all.sold += one.sold;
    all.removed += one.removed;
    ASSERT_EQ(Orphans(), 0) << "round " << round;
  }
  EXPECT_GT(all.sold, 0);
  EXPECT_GT(all.removed, 0);
  RecordProperty("sold", all.sold);
  RecordProperty("removed", all.removed);
}

// The control: without the lock something is sold through a relationship that has ended.
TEST_F(OrderRaceTest, ControlWithoutTheLockSomethingSlipsIn) {
  database_.Run(
      "CREATE OR REPLACE FUNCTION common.share_edge(relationship uuid) RETURNS void"
      " LANGUAGE sql VOLATILE BEGIN ATOMIC SELECT NULL::void; END");
  int round = 0;
  while (Orphans() == 0 && round < 300) RaceWithARemoval(round++);
  EXPECT_GT(Orphans(), 0);
  RecordProperty("rounds", round);
}

}  // namespace
}  // namespace partnerlink::order_races_test
