// Transfers under races: of what contradicts each other one happens, nothing goes to a partner
// whose relationship is over, and no seat is lost on the way.
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "tests/support/order_fixture.h"
#include "tests/support/race.h"

namespace partnerlink {
namespace {

using directory::v1::Transfer;
using support::IdOf;
using support::kContoso;
using support::kFabrikam;
using support::MoreSeats;
using support::OrderTest;
using support::PrincipalOf;
using support::Race;
using support::SalesAgent;

class TransferRaceTest : public OrderTest {
 protected:
  struct Asked {
    std::string releasing;
    std::string asking;
    std::string subscription;
    std::string transfer;
  };

  // Of a customer of its own.
  Asked Ask(int round) {
    const std::string customer = absl::StrCat("customers/race-", round);
    Asked asked;
    asked.releasing = Relate(kContoso, customer);
    asked.asking = Relate(kFabrikam, customer);
    asked.subscription = Sold(anna_, customer, 1);
    const auto transfer = RequestTransfer(bert_, asked.subscription);
    EXPECT_TRUE(transfer.ok()) << transfer.status();
    if (transfer.ok()) asked.transfer = transfer->name();
    return asked;
  }

  // Whether it was done; anything but what a race may be refused with is a fault.
  bool Done(const absl::Status& status) {
    if (status.ok()) return true;
    const auto reason = ReasonOf(status);
    if (reason != common::v1::STATE_TRANSITION && reason != common::v1::CONFLICT &&
        reason != common::v1::RELATIONSHIP_INACTIVE && reason != common::v1::PERMISSION_MISSING &&
        reason != common::v1::FIELD_INVALID && reason != common::v1::ACTIVE_SUBSCRIPTIONS &&
        reason != common::v1::RESOURCE_NOT_FOUND) {
      ADD_FAILURE() << status;
    }
    return false;
  }

  std::string Of(const std::string& column, const std::string& subscription) {
    return database_.Value(absl::StrCat(
        "SELECT ", column, " FROM directory.subscriptions WHERE id = '", IdOf(subscription), "'"));
  }

  // The asking partner removes its relationship while the other gives it the subscription.
  void RaceWithARemoval(int round) {
    const Asked asked = Ask(round);
    Race(2, [&](int racer) {
      if (racer == 0) {
        Done(Remove(PrincipalOf(kFabrikam, {"admin_agent"}), asked.asking).status());
      } else {
        Done(AcceptTransfer(anna_, asked.transfer).status());
      }
    });
  }

  const Principal anna_ = SalesAgent(kContoso);
  const Principal bert_ = SalesAgent(kFabrikam);
};

TEST_F(TransferRaceTest, OfEveryAnswerOneCounts) {
  int accepted = 0;
  for (int round = 0; round < 15; ++round) {
    const Asked asked = Ask(round);
    std::atomic<int> answered = 0;
    Race(4, [&](int racer) {
      const absl::Status status = racer < 2    ? AcceptTransfer(anna_, asked.transfer).status()
                                  : racer == 2 ? RefuseTransfer(anna_, asked.transfer).status()
                                               : CancelTransfer(bert_, asked.transfer).status();
      if (Done(status)) ++answered;
    });
    EXPECT_EQ(answered, 1);
    const bool went = GetTransfer(bert_, asked.transfer)->state() == Transfer::ACCEPTED;
    EXPECT_EQ(Of("partner", asked.subscription), went ? kFabrikam : kContoso);
    EXPECT_EQ(Of("revision", asked.subscription), went ? "2" : "1");
    accepted += went ? 1 : 0;
  }
  RecordProperty("accepted", accepted);
}

TEST_F(TransferRaceTest, OrdersOfBothPartnersBesideItLoseNoSeat) {
  int refused = 0;
  for (int round = 0; round < 10; ++round) {
    const Asked asked = Ask(round);
    std::atomic<int> added = 0;
    std::atomic<int> turned_away = 0;
    Race(7, [&](int racer) {
      if (racer == 0) {
        int tries = 0;
        while (!Done(AcceptTransfer(anna_, asked.transfer).status()) && ++tries < 50) {
        }
        return;
      }
      const Principal& caller = racer % 2 == 0 ? anna_ : bert_;
      for (int step = 0; step < 4; ++step) {
        if (Done(CreateOrder(caller, MoreSeats(asked.subscription, racer)).status())) {
          added += racer;
        } else {
          ++turned_away;
        }
      }
    });
    EXPECT_EQ(Of("quantity", asked.subscription), absl::StrCat(1 + added));
    EXPECT_EQ(Of("partner", asked.subscription), kFabrikam);
    EXPECT_EQ(database_.Value(absl::StrCat("SELECT sum(new_quantity - coalesce(old_quantity, 0))"
                                           " FROM directory.subscription_changes"
                                           " WHERE subscription = '",
                                           IdOf(asked.subscription), "'")),
              absl::StrCat(1 + added));
    refused += turned_away;
  }
  EXPECT_GT(refused, 0) << "nobody ordered through what it did not have";
}

TEST_F(TransferRaceTest, NothingGoesToWhoEndsItsRelationship) {
  for (int round = 0; round < 40; ++round) {
    RaceWithARemoval(round);
    ASSERT_EQ(Orphans(), 0) << "round " << round;
  }
}

// The control: without the lock a subscription goes through a relationship that has ended.
TEST_F(TransferRaceTest, ControlWithoutTheLockSomethingGoesAstray) {
  database_.Run(
      "CREATE OR REPLACE FUNCTION common.share_edge(relationship uuid) RETURNS void"
      " LANGUAGE sql VOLATILE BEGIN ATOMIC SELECT NULL::void; END");
  int round = 0;
  while (Orphans() == 0 && round < 300) RaceWithARemoval(round++);
  EXPECT_GT(Orphans(), 0);
  RecordProperty("rounds", round);
}

}  // namespace
}  // namespace partnerlink
