// At most one relationship per type, partner and customer that is not over, whoever races for it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/status/status.h"
#include "services/relationship/relationships/handlers.h"
#include "tests/component/relationship_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::one_live_edge_test {
namespace {

using relationship::v1::EstablishRelationshipsRequest;
using relationship::v1::EstablishRelationshipsResponse;
using relationship::v1::Relationship;
using support::Anna;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::TestDatabase;
using testing::IsEmpty;
using Answer = EstablishRelationshipsResponse::Edge;

constexpr int kRacers = 16;

// Triples of which more than one relationship is not over, as the database has them.
std::vector<std::string> Doubled(const TestDatabase& database) {
  std::vector<std::string> doubled;
  for (const pqxx::row& row :
       database.Run("SELECT concat_ws(' ', type, partner, customer, count(*))"
                    " FROM relationship.relationships WHERE state <> 'ENDED'"
                    " GROUP BY type, partner, customer HAVING count(*) > 1")) {
    doubled.push_back(row[0].as<std::string>());
  }
  return doubled;
}

class OneLiveEdgeTest : public testing::Test {
 protected:
  static std::string Edge(const std::string& type, const std::string& customer) {
    return absl::StrCat(
        "INSERT INTO relationship.relationships (partner, type, customer, state, origin, source)"
        " VALUES ('partners/contoso', '",
        type, "', 'customers/", customer, "', 'ACTIVE', 'CREATED', 'x')");
  }
  OneLiveEdgeTest() {
    database_.Run(
        "INSERT INTO relationship.partners (name, display_name, types, country, partner_number)"
        " VALUES ('partners/contoso', 'Contoso', '{RESELLER}', 'PL', '1')");
  }
  std::string Try(const std::string& sql) {
    return database_.RunAs("postgres", "", {sql}).sqlstate;
  }

  TestDatabase database_;
};

TEST_F(OneLiveEdgeTest, PerTypePartnerAndCustomer) {
  // Any end will do here: how a relationship ends is told in attestation_test.cc.
  database_.Run(
      "DROP TRIGGER removal_is_attested ON relationship.relationships;"
      " DROP TRIGGER end_is_kept ON relationship.relationships");
  EXPECT_EQ(Try(Edge("RESELLER", "northwind")), "");
  EXPECT_EQ(Try(Edge("RESELLER", "northwind")), "23505");
  EXPECT_EQ(Try(Edge("PROVIDER", "northwind")), "");
  EXPECT_EQ(Try(Edge("RESELLER", "tailspin")), "");
  for (const char* state : {"SUSPENDED", "ENDING", "ENDED"}) {
    const std::string end = std::string(state) == "SUSPENDED" ? "NULL" : "now()";
    EXPECT_EQ(Try(absl::StrCat("UPDATE relationship.relationships SET state = '", state,
                               "', effective_end_time = ", end,
                               " WHERE type = 'RESELLER' AND customer = 'customers/northwind'")),
              "");
    EXPECT_EQ(Try(Edge("RESELLER", "northwind")), std::string(state) == "ENDED" ? "" : "23505");
  }
}

TEST_F(OneLiveEdgeTest, UnderARace) {
  support::Race(kRacers, [&](int) {
    const std::string sqlstate = Try(Edge("RESELLER", "northwind"));
    EXPECT_TRUE(sqlstate.empty() || sqlstate == "23505") << sqlstate;
  });
  EXPECT_THAT(Doubled(database_), IsEmpty());
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships"), 1);
}

// The control: without the index the race leaves several, also where everyone looks first.
TEST_F(OneLiveEdgeTest, ControlWithoutTheIndexThereAreSeveral) {
  database_.Run("DROP INDEX relationship.relationships_one_live_edge");
  support::Race(kRacers, [&](int) { EXPECT_EQ(Try(Edge("RESELLER", "northwind")), ""); });
  EXPECT_THAT(Doubled(database_), testing::SizeIs(1));
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships"), kRacers);
}

class EstablishmentRaceTest : public support::RelationshipTest {
 protected:
  // As the relay does: a lost race is tried again.
  absl::StatusOr<EstablishRelationshipsResponse> EstablishAtLast(
      const EstablishRelationshipsRequest& request) {
    while (true) {
      auto response = Establish(request);
      if (response.ok() || ReasonOf(response.status()) != common::v1::CONFLICT) return response;
    }
  }

  // Both types of relationship, of two partners; every other racer has them the other way round.
  static EstablishRelationshipsRequest RequestOf(int racer) {
    const bool even = racer % 2 == 0;
    EstablishRelationshipsRequest request = support::AcceptedBy(
        kNorthwind, even ? kContoso : kFabrikam, absl::StrCat("redemptions/", racer));
    auto& provider = *request.add_edges();
    provider.set_type(Relationship::PROVIDER);
    provider.set_partner(even ? kFabrikam : kContoso);
    return request;
  }
};

TEST_F(EstablishmentRaceTest, OneRacerMakesTheRelationshipAndTheOthersAreToldOfIt) {
  std::vector<absl::StatusOr<EstablishRelationshipsResponse>> answers(kRacers);
  support::Race(kRacers, [&](int racer) {
    answers[static_cast<size_t>(racer)] = EstablishAtLast(RequestOf(racer));
  });
  std::map<std::string, std::set<std::string>> named;  // by type and partner
  std::map<std::string, int> made;
  for (const auto& answer : answers) {
    ASSERT_TRUE(answer.ok()) << answer.status();
    for (const Answer& edge : answer->edges()) {
      const std::string which =
          absl::StrCat(Relationship::Type_Name(edge.type()), " ", edge.partner());
      named[which].insert(edge.relationship());
      if (edge.state() == Answer::ACTIVE) {
        ++made[which];
      } else {
        EXPECT_EQ(edge.reason(), common::v1::RELATIONSHIP_EXISTS);
      }
    }
  }
  ASSERT_EQ(named.size(), 4u);
  for (const auto& [which, names] : named) {
    EXPECT_EQ(made[which], 1) << which;
    EXPECT_EQ(names.size(), 1u) << which;
  }
  EXPECT_THAT(Doubled(database_), IsEmpty());
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships"), 4);
}

TEST_F(EstablishmentRaceTest, ARepeatedSourceIsAnsweredTheSameAndMakesNothing) {
  std::vector<std::string> answers(kRacers);
  const EstablishRelationshipsRequest request = RequestOf(0);
  support::Race(kRacers, [&](int racer) {
    const auto answer = EstablishAtLast(request);
    ASSERT_TRUE(answer.ok()) << answer.status();
    answers[static_cast<size_t>(racer)] = answer->SerializeAsString();
  });
  EXPECT_EQ(std::set<std::string>(answers.begin(), answers.end()).size(), 1u);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships"), 2);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants"), 1);
}

// Not the next one then, which would name a predecessor before this one.
TEST_F(EstablishmentRaceTest, WhatIsBeingRemovedIsThereUntilItIsOver) {
  const std::string first = Relate(kNorthwind, kContoso);
  pqxx::connection connection(database_.Conninfo("postgres"));
  pqxx::work removal(connection);
  removal.exec(
      "INSERT INTO relationship.attestations (partner, relationship, text_version, good_faith,"
      " business_purpose, per_agreement, accepts_responsibility, legal_notice, actor)"
      " SELECT partner, id, '2026-11', true, true, true, true, 'GIVEN', 'x'"
      " FROM relationship.relationships");
  removal.exec("UPDATE relationship.relationships SET state = 'ENDED', effective_end_time = now()");
  const auto before = Establish(support::AcceptedBy(kNorthwind, kContoso, "redemptions/1"));
  ASSERT_TRUE(before.ok()) << before.status();
  EXPECT_EQ(before->edges(0).reason(), common::v1::RELATIONSHIP_EXISTS);
  EXPECT_EQ(before->edges(0).relationship(), first);
  removal.commit();
  const auto after = Establish(support::AcceptedBy(kNorthwind, kContoso, "redemptions/2"));
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->edges(0).state(), Answer::ACTIVE);
  EXPECT_EQ(database_.Value("SELECT 'relationships/' || predecessor FROM relationship.relationships"
                            " WHERE state = 'ACTIVE'"),
            first);
}

// Each one that comes back names the one before it, and no two the same one.
TEST_F(EstablishmentRaceTest, AlsoWhileItIsRemovedAndComesBack) {
  constexpr int kTimes = 4;
  support::Race(kRacers, [&](int racer) {
    for (int i = 0; i < kTimes; ++i) {
      if (racer % 4 != 0) {
        const auto answer = EstablishAtLast(
            support::AcceptedBy(kNorthwind, kContoso, absl::StrCat("redemptions/", racer, "-", i)));
        EXPECT_TRUE(answer.ok()) << answer.status();
        continue;
      }
      const pqxx::result live = database_.Run(
          "SELECT 'relationships/' || id FROM relationship.relationships WHERE state <> 'ENDED'");
      EXPECT_LE(live.size(), 1u);
      if (live.empty()) continue;
      const auto removed = Remove(support::RemovalOf(live[0][0].as<std::string>()), Anna());
      EXPECT_TRUE(removed.ok() || ReasonOf(removed.status()) == common::v1::STATE_TRANSITION ||
                  ReasonOf(removed.status()) == common::v1::CONFLICT)
          << removed.status();
    }
  });
  EXPECT_THAT(Doubled(database_), IsEmpty());
  EXPECT_EQ(database_.Count("SELECT count(*) - count(DISTINCT predecessor)"
                            " FROM relationship.relationships"),
            1)
      << "one has no predecessor, and no two have the same";
}

}  // namespace
}  // namespace partnerlink::one_live_edge_test
