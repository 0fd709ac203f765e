// Transfers under races: of what contradicts each other one happens, nothing goes to a partner
// whose relationship is over, and no seat is lost on the way.
#include <gtest/gtest.h>

#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/status/status.h"
#include "tests/support/order_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::transfer_races_test {
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

  // While the one partner's transfer is accepted, a third asks for the same. What a race may not
  // do: a transfer that asks whom the subscription is not, or a call that fails for no reason.
  int FaultsOfAThirdThatAsks(int round) {
    const Asked asked = Ask(round);
    Relate("partners/third", absl::StrCat("customers/race-", round));
    absl::Status accepted, requested;
    Race(2, [&](int racer) {
      if (racer == 0) {
        accepted = AcceptTransfer(anna_, asked.transfer).status();
      } else {
        requested = RequestTransfer(SalesAgent("partners/third"), asked.subscription).status();
      }
    });
    const int failed = (accepted.ok() || ReasonOf(accepted) == common::v1::CONFLICT ? 0 : 1) +
                       (requested.ok() || ReasonOf(requested) == common::v1::CONFLICT ? 0 : 1);
    return failed + database_.Count(
                        "SELECT count(*) FROM directory.transfers t JOIN directory.subscriptions s"
                        " ON s.customer = t.customer AND s.id = t.subscription"
                        " WHERE t.state = 'REQUESTED' AND (t.releasing_partner,"
                        " t.releasing_relationship) <> (s.partner, s.relationship)");
  }

  // A request takes its time between what it looks at and what it writes, and before it is there
  // for others.
  void SlowRequests() {
    database_.Run(
        "INSERT INTO relationship.partners (name, display_name, types, country, partner_number)"
        " VALUES ('partners/third', 'Third', '{RESELLER}', 'PL', '333');"
        "CREATE FUNCTION directory.take_time() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$;"
        "CREATE TRIGGER before_all BEFORE INSERT ON directory.transfers"
        " FOR EACH ROW EXECUTE FUNCTION directory.take_time();"
        "CREATE TRIGGER zz_after_all AFTER INSERT ON directory.transfers"
        " FOR EACH ROW EXECUTE FUNCTION directory.take_time()");
  }

  const Principal anna_ = SalesAgent(kContoso);
  const Principal bert_ = SalesAgent(kFabrikam);
};

TEST_F(TransferRaceTest, OfEveryAnswerOneCounts) {
  int accepted = 0;
  int round = 0;
  // Until an acceptance has won, and has lost.
  for (; round < 200 && (round < 15 || accepted == 0 || accepted == round); ++round) {
    const Asked asked = Ask(round);
    std::atomic<int> answered = 0;
    Race(4, [&](int racer) {
      // To accept takes longest: with a start before the others it wins, too.
      if (racer >= 2) absl::SleepFor(absl::Milliseconds(4 * (round % 6)));
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
  EXPECT_GT(accepted, 0);
  EXPECT_LT(accepted, round);
}

TEST_F(TransferRaceTest, WhoAsksBesideAnAcceptanceAsksWhoHasItOrIsRefused) {
  SlowRequests();
  for (int round = 0; round < 15; ++round) {
    ASSERT_EQ(FaultsOfAThirdThatAsks(round), 0) << "round " << round;
  }
  EXPECT_GT(database_.Count("SELECT count(*) FROM directory.transfers"
                            " WHERE partner = 'partners/third'"),
            0);
}

// The control: without the lock a transfer is left that nobody can agree to, or a call fails.
TEST_F(TransferRaceTest, ControlWithoutTheLockOfThoseWhoAskOneIsLeftBehind) {
  SlowRequests();
  database_.Run(
      "CREATE OR REPLACE FUNCTION directory.share_transfers(subscription uuid) RETURNS void"
      " LANGUAGE sql VOLATILE BEGIN ATOMIC SELECT NULL::void; END");
  int faults = 0;
  int round = 0;
  while (faults == 0 && round < 300) faults += FaultsOfAThirdThatAsks(round++);
  EXPECT_GT(faults, 0);
  RecordProperty("rounds", round);
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

TEST_F(TransferRaceTest, WhoGivesItAwayMayGoAndNothingIsLeftBehind) {
  int before = 0, behind = 0;
  for (int round = 0; round < 20; ++round) {
    const Asked asked = Ask(round);
    Race(2, [&](int racer) {
      if (racer == 1) {
        // So that it is refused once, too.
        absl::SleepFor(absl::Milliseconds(4 * (round % 6)));
        int tries = 0;
        while (!Done(AcceptTransfer(anna_, asked.transfer).status()) && ++tries < 50) {
        }
        return;
      }
      // It is refused until the subscription is another's.
      const Principal remover = PrincipalOf(kContoso, {"admin_agent"});
      for (int tries = 0; tries < 500; ++tries) {
        if (Done(Remove(remover, asked.releasing).status())) {
          ++behind;
          return;
        }
        ++before;
      }
    });
    ASSERT_EQ(Orphans(), 0) << "round " << round;
    EXPECT_EQ(Of("partner", asked.subscription), kFabrikam);
  }
  EXPECT_EQ(behind, 20);
  EXPECT_GT(before, 0);
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
}  // namespace partnerlink::transfer_races_test
