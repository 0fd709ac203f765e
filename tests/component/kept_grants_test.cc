// A partner's removal of a relationship leaves every grant as it lies, and nobody is notified.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "tests/component/relationship_fixture.h"

namespace partnerlink::kept_grants_test {
namespace {

using relationship::v1::Relationship;
using support::Anna;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::kTailspin;
using support::RowCounts;
using testing::UnorderedElementsAre;

constexpr char kGrants[] = "relationship.grants";

class KeptGrantsTest : public support::RelationshipTest {
 protected:
  // Grants of both partners over both customers: in force, over, terminated, with every field
  // filled.
  KeptGrantsTest() {
    relationship_ = Relate(kNorthwind, kContoso);
    Relate(kNorthwind, kFabrikam);
    Relate(kTailspin, kContoso);
    for (const char* partner : {kContoso, kFabrikam}) {
      database_.Run(absl::StrReplaceAll(
          R"sql(INSERT INTO relationship.grants (partner, id, display_name, customer, roles, state,
                  start_time, end_time, duration_days, auto_extend, invitation, renews, end_cause,
                  revision, request_time, lapse_time, remind_time)
                VALUES
                ('@', '00000000-0000-0000-0000-000000000001', 'extends', 'customers/northwind',
                  '{user_admin}', 'ACTIVE', now(), now() + '3 days', 30, 180, 'x', NULL, '', 7,
                  NULL, NULL, NULL),
                ('@', '00000000-0000-0000-0000-000000000002', 'all', 'customers/northwind',
                  '{global_admin}', 'ACTIVE', now(), now() + '3 days', 30, 0, 'x',
                  '00000000-0000-0000-0000-000000000003', '', 3, now() - '9 days'::interval,
                  now() + '81 days', now() + '2 days'),
                ('@', '00000000-0000-0000-0000-000000000003', 'over', 'customers/northwind',
                  '{user_admin}', 'ACTIVE', now() - '9 days'::interval, now() + '3 days', 6, 0, 'x',
                  NULL, '', 3, NULL, NULL, NULL))sql",
          {{"@", partner}}));
      database_.Run(absl::StrCat(
          "UPDATE relationship.grants SET state = 'TERMINATED', end_cause = 'by the customer',"
          " end_time = now() WHERE display_name = 'over' AND partner = '",
          partner, "'"));
    }
    NewEvents();
  }

  // Whether the removal, and what follows from it, leaves every grant's row as it lies.
  bool LeavesGrantsAlone() {
    const std::string before = RowsOf(kGrants);
    RemoveAndTell();
    return RowsOf(kGrants) == before;
  }

  // Whether rows come only into the tables that keep what was done: none that anybody could send
  // to a person, in whatever table it were.
  bool TellsNobody() {
    const RowCounts before = CountRows();
    const std::string invitations = RowsOf("invitation.invitations");
    RemoveAndTell();
    std::set<std::string> grown;
    for (const auto& [table, count] : CountRows()) {
      if (count != before.at(table)) grown.insert(table);
    }
    const int to_others = database_.Count(
        "SELECT count(*) FROM common.outbox WHERE target IS NOT NULL AND target <> 'directory'");
    return grown == std::set<std::string>{"common.audit_entries", "common.outbox",
                                          "relationship.attestations"} &&
           to_others == 0 && RowsOf("invitation.invitations") == invitations;
  }

  void RemoveAndTell() {
    const auto removed = Remove(support::RemovalOf(relationship_), Anna());
    ASSERT_TRUE(removed.ok()) << removed.status();
    EXPECT_EQ(removed->relationship().state(), Relationship::ENDED);
    TellDirectory();
  }

  std::string relationship_;
};

TEST_F(KeptGrantsTest, EveryGrantStaysByteForByte) {
  ASSERT_EQ(database_.Count("SELECT count(*) FROM relationship.grants"), 9);
  EXPECT_TRUE(LeavesGrantsAlone());
}

TEST_F(KeptGrantsTest, TheAnswerNamesThoseInForceOfThisPartnerAndCustomer) {
  const auto removed = Remove(support::RemovalOf(relationship_), Anna());
  ASSERT_TRUE(removed.ok()) << removed.status();
  std::vector<std::string> in_force;
  for (const pqxx::row& row : database_.Run(
           "SELECT partner || '/grants/' || id FROM relationship.grants WHERE state = 'ACTIVE'"
           " AND partner = 'partners/contoso' AND customer = 'customers/northwind'")) {
    in_force.push_back(row[0].as<std::string>());
  }
  ASSERT_EQ(in_force.size(), 3u);
  EXPECT_THAT(removed->kept_grants(), testing::UnorderedElementsAreArray(in_force));
}

TEST_F(KeptGrantsTest, NobodyIsNotified) {
  EXPECT_TRUE(TellsNobody());
  EXPECT_THAT(NewEvents(), UnorderedElementsAre("relationship.ended partners/contoso",
                                                "relationship.removed customers/northwind",
                                                "customer.unlisted partners/contoso"));
}

// The control: a removal that ends the grants in the same breath is found.
TEST_F(KeptGrantsTest, ControlARemovalThatTouchesAGrantIsFound) {
  database_.Run(R"sql(
      CREATE FUNCTION relationship.planted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        UPDATE relationship.grants SET end_time = end_time + '1 us'
        WHERE partner = NEW.partner AND display_name = 'extends';
        RETURN NULL;
      END $$;
      CREATE TRIGGER planted AFTER UPDATE ON relationship.relationships
        FOR EACH ROW EXECUTE FUNCTION relationship.planted())sql");
  EXPECT_FALSE(LeavesGrantsAlone());
}

// The control: one that queues a mail somewhere is found.
TEST_F(KeptGrantsTest, ControlAQueuedMailIsFound) {
  database_.Run(R"sql(
      CREATE TABLE common.mails (recipient text);
      CREATE FUNCTION relationship.planted() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
      BEGIN
        INSERT INTO common.mails VALUES (NEW.customer);
        RETURN NULL;
      END $$;
      CREATE TRIGGER planted AFTER UPDATE ON relationship.relationships
        FOR EACH ROW EXECUTE FUNCTION relationship.planted())sql");
  EXPECT_FALSE(TellsNobody());
}

}  // namespace
}  // namespace partnerlink::kept_grants_test
