// Pauses and ends against orders, removals, withdrawals and the clock, all at once.
#include <gtest/gtest.h>

#include <atomic>
#include <memory>
#include <string>
#include <thread>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/relationship/relationships/expiry.h"
#include "tests/component/relationship_life_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::relationship_life_races_test {
namespace {

using relationship::v1::Relationship;
using support::Anna;
using support::kContoso;
using support::kNorthwind;
using support::Nora;
using support::Olga;
using support::Race;

constexpr int kOrderers = 4;
constexpr int kRoundsOfAControl = 100;

class RelationshipLifeRaceTest : public support::RelationshipLifeTest {
 protected:
  // Orderers and one who stops the relationship, by `stop`; whether an order was placed after the
  // stop had committed.
  template <typename Stop>
  bool SlipsIn(const std::string& relationship, const Stop& stop) {
    std::atomic<int> unexplained = 0;
    Race(kOrderers + 1, [&](int racer) {
      if (racer == kOrderers) {
        const absl::Status status = stop();
        if (!status.ok() && ReasonOf(status) != common::v1::CONFLICT) ++unexplained;
        return;
      }
      const absl::Status status = Order(kNorthwind, Anna()).status();
      if (!status.ok() && ReasonOf(status) != common::v1::RELATIONSHIP_INACTIVE &&
          ReasonOf(status) != common::v1::RESOURCE_NOT_FOUND &&
          ReasonOf(status) != common::v1::CONFLICT) {
        ++unexplained;
      }
    });
    unexplained_ += unexplained;
    // By the clock of the rows: what was ordered lies before the stop.
    return database_.Count(absl::StrCat(
               "SELECT count(*) FROM directory.orders o JOIN relationship.relationships r"
               " ON r.id = o.relationship WHERE r.state <> 'ACTIVE' AND o.create_time > "
               "r.update_time"
               " AND 'relationships/' || r.id = '",
               relationship, "'")) > 0;
  }

  bool SlipsInBesideAPause(const std::string& relationship) {
    const bool slipped =
        SlipsIn(relationship, [&] { return Pause(relationship, Olga()).status(); });
    database_.Run("UPDATE relationship.relationships SET state = 'ACTIVE'");
    return slipped;
  }

  bool SlipsInBesideAnEnd() {
    const std::string relationship = Relate(kNorthwind, kContoso);
    const bool slipped = SlipsIn(relationship, [&] {
      absl::Status status;
      do {
        status = End(relationship).status();
      } while (ReasonOf(status) == common::v1::CONFLICT);
      return status;
    });
    TellDirectory();
    return slipped;
  }

  // Whoever stops a relationship has written so for a while when it commits: whatever can slip in
  // finds the time.
  void LetStopsLinger() {
    database_.Run(
        "CREATE FUNCTION public.linger() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN PERFORM pg_sleep(0.02); RETURN NULL; END $$;"
        " CREATE CONSTRAINT TRIGGER linger AFTER UPDATE ON relationship.relationships"
        " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION public.linger()");
  }

  // Orderers no longer take the lock that whoever stops a relationship waits for.
  void TakeLockFromOrderers() {
    database_.Run(
        "CREATE OR REPLACE FUNCTION common.share_edge(relationship uuid) RETURNS void"
        " LANGUAGE sql VOLATILE BEGIN ATOMIC SELECT NULL::void; END");
  }

  int unexplained_ = 0;  // refusals that no rule gives

  // Another connection's lock of the edge.
  struct HeldEdge {
    HeldEdge(const support::TestDatabase& database, const std::string& name)
        : connection(database.Conninfo("postgres")), transaction(connection) {
      transaction.exec_params("SELECT common.lock_edge($1)", name.substr(name.find('/') + 1));
    }
    pqxx::connection connection;
    pqxx::work transaction;
  };

  bool AwaitWaiter() {
    for (int i = 0; i < 2000; ++i) {
      if (database_.Count("SELECT count(*) FROM pg_stat_activity WHERE datname ="
                          " current_database() AND wait_event_type = 'Lock'") > 0) {
        return true;
      }
      std::this_thread::yield();
    }
    return false;
  }
};

TEST_F(RelationshipLifeRaceTest, NothingIsOrderedBesideAPause) {
  LetStopsLinger();
  const std::string relationship = Relate(kNorthwind, kContoso);
  for (int round = 0; round < 25; ++round) EXPECT_FALSE(SlipsInBesideAPause(relationship));
  EXPECT_EQ(unexplained_, 0);
}

TEST_F(RelationshipLifeRaceTest, NothingIsOrderedBesideAnEnd) {
  LetStopsLinger();
  for (int round = 0; round < 15; ++round) EXPECT_FALSE(SlipsInBesideAnEnd());
  EXPECT_EQ(unexplained_, 0);
}

// The controls: without the orderers' lock one slips in, where no policy happens to see the pause,
TEST_F(RelationshipLifeRaceTest, ControlWithoutTheLockOneSlipsIn) {
  LetStopsLinger();
  TakeLockFromOrderers();
  const std::string relationship = Relate(kNorthwind, kContoso);
  bool slipped = false;
  for (int round = 0; round < kRoundsOfAControl && !slipped; ++round) {
    slipped = SlipsInBesideAPause(relationship);
  }
  EXPECT_TRUE(slipped);
}

// or the end.
TEST_F(RelationshipLifeRaceTest, ControlWithoutTheLockOneSlipsInBesideAnEnd) {
  LetStopsLinger();
  TakeLockFromOrderers();
  bool slipped = false;
  for (int round = 0; round < kRoundsOfAControl && !slipped; ++round) {
    slipped = SlipsInBesideAnEnd();
  }
  EXPECT_TRUE(slipped);
}

TEST_F(RelationshipLifeRaceTest, OfAnEndAndARemovalOneWins) {
  for (int round = 0; round < 15; ++round) {
    const std::string relationship = Relate(kNorthwind, kContoso);
    std::atomic<int> won = 0;
    Race(2, [&](int racer) {
      absl::Status status;
      do {
        status = racer == 0 ? End(relationship).status()
                            : Remove(support::RemovalOf(relationship), Anna()).status();
      } while (ReasonOf(status) == common::v1::CONFLICT);
      if (status.ok()) ++won;
      EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::STATE_TRANSITION) << status;
    });
    EXPECT_EQ(won, 1);
    EXPECT_EQ(StoredState(relationship), "ENDED");
    TellDirectory();
  }
}

// Who accepts once more meets the relationship as it is, or makes a new one: no grant comes with
// one that has just ended.
TEST_F(RelationshipLifeRaceTest, NothingIsEstablishedOnARelationshipThatEnds) {
  for (int round = 0; round < 20; ++round) {
    const std::string relationship = Relate(kNorthwind, kContoso);
    Race(2, [&](int racer) {
      absl::Status status;
      do {
        status = racer == 0
                     ? End(relationship).status()
                     : Establish(support::AcceptedBy(kNorthwind, kContoso, NewUuid())).status();
      } while (ReasonOf(status) == common::v1::CONFLICT);
      EXPECT_TRUE(status.ok()) << status;
    });
    const bool is_related =
        database_.Count("SELECT count(*) FROM relationship.relationships WHERE state = 'ACTIVE'") >
        0;
    const int granted =
        database_.Count("SELECT count(*) FROM relationship.grants WHERE state = 'ACTIVE'");
    EXPECT_EQ(granted > 0, is_related) << "round " << round;
    if (is_related) {
      const std::string left = database_.Value(
          "SELECT 'relationships/' || id FROM relationship.relationships WHERE state = 'ACTIVE'");
      ASSERT_TRUE(End(left).ok());
    }
    TellDirectory();
  }
}

TEST_F(RelationshipLifeRaceTest, OfTwoEndsOneWinsAndTheGrantsEndOnce) {
  const std::string relationship = Relate(kNorthwind, kContoso);
  std::atomic<int> won = 0;
  Race(6, [&](int) {
    absl::Status status;
    do {
      status = End(relationship).status();
    } while (ReasonOf(status) == common::v1::CONFLICT);
    if (status.ok()) ++won;
  });
  EXPECT_EQ(won, 1);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE event = 'grant.terminated'"),
            2);
}

// It began in time, but waited for the edge until its time had come.
TEST_F(RelationshipLifeRaceTest, AWithdrawalThatWaitsPastTheEndIsRefused) {
  const std::string relationship = Relate(kNorthwind, kContoso);
  AgreeOnNotice(1);
  ASSERT_TRUE(End(relationship).ok());
  MoveEnd(relationship, "300 ms");
  auto held = std::make_unique<HeldEdge>(database_, relationship);
  absl::Status status;
  std::thread withdrawal([&] { status = Withdraw(relationship).status(); });
  EXPECT_TRUE(AwaitWaiter());
  held->transaction.exec(
      "SELECT pg_sleep(extract(epoch FROM effective_end_time - clock_timestamp())"
      " + 0.01) FROM relationship.relationships");
  held->transaction.commit();
  withdrawal.join();
  EXPECT_TRUE(ReasonOf(status) == common::v1::STATE_TRANSITION ||
              ReasonOf(status) == common::v1::CONFLICT)
      << status;
  EXPECT_EQ(StoredState(relationship), "ENDING");
  EXPECT_EQ(Get(relationship, Nora())->state(), Relationship::ENDED);
}

TEST_F(RelationshipLifeRaceTest, ManyReplicasSweepEachEndOnce) {
  for (int i = 0; i < 30; ++i) {
    const std::string customer = absl::StrCat("customers/race-", i);
    const std::string relationship = Relate(customer, kContoso);
    AgreeOnNotice(1);
    ASSERT_TRUE(End(relationship, support::Customer(absl::StrCat("race-", i))).ok());
    MoveEnd(relationship, "0");
  }
  Race(4, [&](int) {
    const absl::Status swept = relationship::relationships::SweepEnds(relationship_work_);
    EXPECT_TRUE(swept.ok()) << swept;
  });
  EXPECT_EQ(
      database_.Count("SELECT count(*) FROM relationship.relationships WHERE state = 'ENDED'"), 30);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE event ="
                            " 'relationship.ended'"),
            60);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE event = 'grant.terminated'"),
            60);
}

}  // namespace
}  // namespace partnerlink::relationship_life_races_test
