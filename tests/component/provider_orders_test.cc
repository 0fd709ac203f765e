// What a PROVIDER relationship allows: to see who the customer is, to place orders, also for more
// seats on what a reseller of its partnerships sold, and to see the orders it placed.
#include <gtest/gtest.h>

#include <chrono>
#include <future>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "tests/component/held_transaction.h"
#include "tests/support/order_fixture.h"

namespace partnerlink::provider_orders_test {
namespace {

using support::IdOf;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::MoreSeats;
using support::OrderOf;
using support::SalesAgent;

constexpr char kTailwind[] = "partners/tailwind";

class ProviderOrdersTest : public support::OrderTest {
 protected:
  ProviderOrdersTest() {
    Enrol(database_, kTailwind);
    database_.Run(absl::StrCat(
        "INSERT INTO relationship.partnerships (provider, reseller, state, source, invitation)"
        " VALUES ('",
        kTailwind, "', '", kContoso, "', 'ACTIVE', 'x', 'x')"));
    database_.Run(
        absl::StrCat("INSERT INTO directory.customers (name, display_name, country) VALUES ('",
                     kNorthwind, "', 'Northwind', 'PL') ON CONFLICT DO NOTHING"));
    edge_ = Relate(kTailwind, kNorthwind, "PROVIDER");
    sellers_edge_ = Relate(kContoso, kNorthwind);
    database_.Run(
        "INSERT INTO directory.edges (partner, relationship, customer, type, state, revision)"
        " SELECT partner, id, customer, type, state, 1 FROM relationship.relationships");
    sold_ = Sold(anna_, kNorthwind, 10);
  }

  void MovePartnership(const std::string& state) {
    database_.Run(absl::StrCat("UPDATE relationship.partnerships SET state = '", state,
                               "', end_time = CASE WHEN '", state, "' = 'ENDED' THEN now() END"));
  }

  int SeatsOf(const std::string& subscription) {
    return database_.Count(absl::StrCat("SELECT quantity FROM directory.subscriptions WHERE id = '",
                                        subscription.substr(subscription.rfind('/') + 1), "'"));
  }

  const Principal anna_ = SalesAgent(kContoso);
  const Principal tess_ = SalesAgent(kTailwind);
  std::string edge_;
  std::string sellers_edge_;
  std::string sold_;
};

TEST_F(ProviderOrdersTest, SeesTheCompanyAndTheOrdersItPlacedAndNoSubscriptionOfOthers) {
  const auto customer = GetCustomer(tess_, kNorthwind);
  ASSERT_TRUE(customer.ok()) << customer.status();
  EXPECT_EQ(customer->subscription_count(), 0);
  const auto placed = CreateOrder(tess_, OrderOf(kNorthwind, 3));
  ASSERT_TRUE(placed.ok()) << placed.status();
  EXPECT_EQ(placed->relationship(), edge_);
  directory::v1::ListOrdersRequest list;
  list.set_parent(kNorthwind);
  const auto orders = ListOrders(tess_, list);
  ASSERT_TRUE(orders.ok()) << orders.status();
  ASSERT_EQ(orders->orders_size(), 1);
  EXPECT_EQ(orders->orders(0).name(), placed->name());
  EXPECT_EQ(ReasonOf(GetSubscription(tess_, sold_).status()), common::v1::PERMISSION_MISSING);
  EXPECT_TRUE(GetSubscription(tess_, placed->line_items(0).subscription()).ok());
}

TEST_F(ProviderOrdersTest, AddsSeatsToWhatAPartneredResellerSold) {
  const auto order = CreateOrder(tess_, MoreSeats(sold_, 5));
  ASSERT_TRUE(order.ok()) << order.status();
  EXPECT_EQ(order->relationship(), edge_);
  EXPECT_EQ(order->partner(), kTailwind);
  EXPECT_EQ(SeatsOf(sold_), 15);
  EXPECT_EQ(database_.Value("SELECT partner FROM directory.subscriptions"), kContoso)
      << "it stays the reseller's";
  EXPECT_EQ(ReasonOf(CancelSubscription(tess_, support::CancellationOf(sold_)).status()),
            common::v1::PERMISSION_MISSING);
}

TEST_F(ProviderOrdersTest, NotWithoutAnActivePartnership) {
  for (const char* state : {"SUSPENDED", "ENDED"}) {
    MovePartnership(state);
    EXPECT_EQ(ReasonOf(CreateOrder(tess_, MoreSeats(sold_, 5)).status()), common::v1::FIELD_INVALID)
        << state;
  }
  EXPECT_EQ(SeatsOf(sold_), 10);
  EXPECT_TRUE(CreateOrder(tess_, OrderOf(kNorthwind, 3)).ok()) << "its own relationship stays";
}

TEST_F(ProviderOrdersTest, NotWhereTheResellerMightNotAddThemItself) {
  for (const char* state : {"SUSPENDED", "ENDED"}) {
    Move(sellers_edge_, state);
    EXPECT_EQ(ReasonOf(CreateOrder(tess_, MoreSeats(sold_, 5)).status()),
              common::v1::RELATIONSHIP_INACTIVE)
        << state;
  }
  EXPECT_EQ(SeatsOf(sold_), 10);
  EXPECT_TRUE(CreateOrder(tess_, OrderOf(kNorthwind, 3)).ok()) << "its own relationship stays";
}

// The order waits for a hand-over, and then for what the new seller's relationship comes to.
TEST_F(ProviderOrdersTest, NotThroughWhatEndsForWhomItWasHandedToMeanwhile) {
  database_.Run(absl::StrCat(
      "INSERT INTO relationship.partnerships (provider, reseller, state, source, invitation)"
      " VALUES ('",
      kTailwind, "', '", kFabrikam, "', 'ACTIVE', 'y', 'y')"));
  const std::string other = Relate(kFabrikam, kNorthwind);
  support::HeldTransaction hand_over(database_);
  hand_over.Run("SET LOCAL session_replication_role = replica");
  hand_over.Run(absl::StrCat("UPDATE directory.subscriptions SET partner = '", kFabrikam,
                             "', relationship = '", IdOf(other), "'"));
  support::HeldTransaction removal(database_);
  removal.Run(absl::StrCat("SELECT common.lock_edge('", IdOf(other), "')"));
  auto order =
      std::async(std::launch::async, [&] { return CreateOrder(tess_, MoreSeats(sold_, 5)); });
  EXPECT_TRUE(hand_over.AwaitWaiter());
  hand_over.LetGo();
  EXPECT_EQ(order.wait_for(std::chrono::milliseconds(150)), std::future_status::timeout)
      << "it waits for the removal";
  Move(other, "ENDED");
  removal.LetGo();
  EXPECT_EQ(ReasonOf(order.get().status()), common::v1::RELATIONSHIP_INACTIVE);
  EXPECT_EQ(SeatsOf(sold_), 10);
}

TEST_F(ProviderOrdersTest, NotForASuspendedReseller) {
  database_.Run(absl::StrCat("UPDATE relationship.partners SET state = 'SUSPENDED' WHERE name = '",
                             kContoso, "'"));
  EXPECT_EQ(ReasonOf(CreateOrder(tess_, MoreSeats(sold_, 5)).status()),
            common::v1::RELATIONSHIP_INACTIVE);
  EXPECT_EQ(SeatsOf(sold_), 10);
}

TEST_F(ProviderOrdersTest, NotOnWhatAnotherResellerSold) {
  Relate(kFabrikam, kNorthwind);
  const std::string others = Sold(SalesAgent(kFabrikam), kNorthwind, 10);
  EXPECT_EQ(ReasonOf(CreateOrder(tess_, MoreSeats(others, 5)).status()), common::v1::FIELD_INVALID);
  EXPECT_EQ(SeatsOf(others), 10);
}

TEST_F(ProviderOrdersTest, AResellerAddsNoneToWhatItsProviderSold) {
  const std::string providers = Sold(tess_, kNorthwind, 10);
  EXPECT_EQ(ReasonOf(CreateOrder(anna_, MoreSeats(providers, 5)).status()),
            common::v1::FIELD_INVALID);
  EXPECT_EQ(SeatsOf(providers), 10);
}

TEST_F(ProviderOrdersTest, WithoutItsOwnRelationshipAPartnershipOpensNothing) {
  Move(edge_, "ENDED");
  EXPECT_EQ(ReasonOf(CreateOrder(tess_, MoreSeats(sold_, 5)).status()),
            common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(SeatsOf(sold_), 10);
}

TEST_F(ProviderOrdersTest, ASuspendedRelationshipPlacesNoOrder) {
  Move(edge_, "SUSPENDED");
  EXPECT_EQ(ReasonOf(CreateOrder(tess_, MoreSeats(sold_, 5)).status()),
            common::v1::RELATIONSHIP_INACTIVE);
}

}  // namespace
}  // namespace partnerlink::provider_orders_test
