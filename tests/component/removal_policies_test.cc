// What follows from a removal by the partner's policies: grants are revoked by a worker, at once or
// later, and the customer is told. The policies in force at the removal count; the removal itself
// touches nothing of it. That nothing follows under KEEP_GRANTS and NONE is told in
// kept_grants_test.cc.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/relationship/notices/telling.h"
#include "services/relationship/removals/revocations.h"
#include "tests/component/relationship_life_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::removal_policies_test {
namespace {

using relationship::v1::Relationship;
using support::Anna;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::kTailspin;
using support::Race;
using testing::ElementsAre;
using testing::IsEmpty;

class RemovalPoliciesTest : public support::RelationshipLifeTest {
 protected:
  RemovalPoliciesTest() : relationship_(Relate(kNorthwind, kContoso)) {
    Relate(kNorthwind, kFabrikam);
    Relate(kTailspin, kContoso);
    database_.Run(
        "UPDATE directory.customers SET contact_email_address ="
        " 'ann@northwind.example', country = 'DE' WHERE name = 'customers/northwind'");
    NewEvents();
  }

  relationship::v1::RemoveRelationshipResponse Removed() {
    const auto removed = Remove(support::RemovalOf(relationship_), Anna());
    EXPECT_TRUE(removed.ok()) << removed.status();
    TellDirectory();
    return removed.value_or(relationship::v1::RemoveRelationshipResponse());
  }

  // What is due later is due now.
  void MakeDue() { database_.Run("UPDATE relationship.revocations SET due_time = now()"); }

  std::string WhatFollows() {
    return database_.Value(
        "SELECT coalesce(string_agg(trim(what || ' ' || outcome), ', ' ORDER BY what), '')"
        " FROM (SELECT 'REVOCATION', outcome FROM relationship.revocations"
        "       UNION ALL SELECT 'NOTICE', outcome FROM relationship.notices)"
        "      AS left_over (what, outcome)");
  }

  int Notices() { return database_.Count("SELECT count(*) FROM invitation.notices"); }

  const std::string relationship_;
};

TEST_F(RemovalPoliciesTest, KeepAndNoneLeaveNothingToBeDone) {
  const auto removed = Removed();
  EXPECT_FALSE(removed.has_revoke_time());
  EXPECT_EQ(WhatFollows(), "");
  const std::string before = WholeDatabase();
  Sweep();
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(RemovalPoliciesTest, RevokeEndsTheGrantsByTheWorker) {
  SetPolicies("on_removal = 'REVOKE_GRANTS'");
  const std::string before = RowsOf("relationship.grants");
  const auto removed = Removed();
  EXPECT_EQ(RowsOf("relationship.grants"), before) << "the removal itself touches none";
  EXPECT_EQ(removed.kept_grants_size(), 1);
  EXPECT_EQ(removed.revoke_time().seconds(), removed.relationship().effective_end_time().seconds());
  EXPECT_EQ(WhatFollows(), "REVOCATION");
  NewEvents();
  Sweep();
  EXPECT_EQ(WhatFollows(), "REVOCATION DONE");
  EXPECT_EQ(Grants(), "TERMINATED removal");
  EXPECT_THAT(NewEvents(), ElementsAre("grant.terminated partners/contoso",
                                       "grant.terminated customers/northwind"));
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants WHERE state = 'ACTIVE'"), 2)
      << "of the other partner, and over the other customer";
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.audit_entries WHERE cause = 'removal' AND"
                            " actor = 'relationship' AND on_behalf_of = 'partners/contoso' AND"
                            " method = 'sweep/removals'"),
            2);
  EXPECT_EQ(WhyNot(Anna(), "customer.view"), common::v1::RESOURCE_NOT_FOUND);
}

TEST_F(RemovalPoliciesTest, RevokeAfterDaysWaitsForThem) {
  SetPolicies("on_removal = 'REVOKE_GRANTS_AFTER', revoke_after_days = 10");
  const auto removed = Removed();
  EXPECT_EQ(removed.revoke_time().seconds() - removed.relationship().effective_end_time().seconds(),
            10 * 24 * 3600);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.revocations d JOIN"
                            " relationship.relationships r ON r.id = d.relationship WHERE"
                            " d.due_time = r.effective_end_time + interval '240 h'"),
            1);
  Sweep();
  EXPECT_EQ(Grants(), "ACTIVE");
  EXPECT_EQ(WhyNot(Anna(), "customer.view"), common::v1::ERROR_REASON_UNSPECIFIED);
  MakeDue();
  Sweep();
  EXPECT_EQ(Grants(), "TERMINATED removal");
}

TEST_F(RemovalPoliciesTest, ThePolicyAtTheRemovalCounts) {
  SetPolicies("on_removal = 'REVOKE_GRANTS_AFTER', revoke_after_days = 10");
  Removed();
  SetPolicies("on_removal = 'KEEP_GRANTS', revoke_after_days = 0, removal_notice = 'NOTIFY'");
  MakeDue();
  Sweep();
  EXPECT_EQ(WhatFollows(), "REVOCATION DONE");
  EXPECT_EQ(Grants(), "TERMINATED removal");
}

TEST_F(RemovalPoliciesTest, WhoHasComeBackKeepsWhatItHas) {
  SetPolicies("on_removal = 'REVOKE_GRANTS_AFTER', revoke_after_days = 10");
  Removed();
  const auto again = Established(kNorthwind, kContoso);
  EXPECT_EQ(Get(again.edges(0).relationship(), Anna())->predecessor(), relationship_);
  MakeDue();
  Sweep();
  EXPECT_EQ(WhatFollows(), "REVOCATION SUPERSEDED");
  EXPECT_EQ(Grants(), "ACTIVE, ACTIVE");
}

// The last word counts: what an earlier removal has left does not come true behind it.
TEST_F(RemovalPoliciesTest, WhoHasComeBackAndRemovesUnderKeepKeepsItsGrants) {
  SetPolicies("on_removal = 'REVOKE_GRANTS_AFTER', revoke_after_days = 30");
  Removed();
  const std::string again = Established(kNorthwind, kContoso).edges(0).relationship();
  EXPECT_EQ(WhatFollows(), "REVOCATION SUPERSEDED");
  SetPolicies("on_removal = 'KEEP_GRANTS', revoke_after_days = 0");
  const auto removed = Remove(support::RemovalOf(again), Anna());
  ASSERT_TRUE(removed.ok()) << removed.status();
  EXPECT_EQ(removed->kept_grants_size(), 2);
  EXPECT_FALSE(removed->has_revoke_time());
  const std::string before = RowsOf("relationship.grants");
  MakeDue();
  Sweep();
  EXPECT_EQ(RowsOf("relationship.grants"), before);
}

TEST_F(RemovalPoliciesTest, ACustomersEndThatKeepsGrantsSupersedesAnEarlierRemoval) {
  auto other = support::AcceptedBy(kNorthwind, kContoso, NewUuid());
  other.mutable_edges(0)->set_type(Relationship::PROVIDER);
  other.clear_grant();
  const auto provider = Establish(other);
  ASSERT_TRUE(provider.ok()) << provider.status();
  SetPolicies("on_removal = 'REVOKE_GRANTS_AFTER', revoke_after_days = 30");
  Removed();
  ASSERT_TRUE(End(provider->edges(0).relationship(), support::Nora(), false).ok());
  MakeDue();
  Sweep();
  EXPECT_EQ(Grants(), "ACTIVE");
}

TEST_F(RemovalPoliciesTest, SoDoesWhoHasAnotherRelationship) {
  auto other = support::AcceptedBy(kNorthwind, kContoso, NewUuid());
  other.mutable_edges(0)->set_type(Relationship::PROVIDER);
  other.clear_grant();
  ASSERT_TRUE(Establish(other).ok());
  SetPolicies("on_removal = 'REVOKE_GRANTS'");
  EXPECT_FALSE(Removed().has_revoke_time());
  Sweep();
  EXPECT_EQ(WhatFollows(), "REVOCATION STILL_RELATED");
  EXPECT_EQ(Grants(), "ACTIVE");
}

TEST_F(RemovalPoliciesTest, TheCustomersEndIsNoRemoval) {
  SetPolicies("on_removal = 'REVOKE_GRANTS', removal_notice = 'NOTIFY'");
  ASSERT_TRUE(End(relationship_, support::Nora(), false).ok());
  Sweep();
  EXPECT_EQ(WhatFollows(), "");
  EXPECT_EQ(Grants(), "ACTIVE");
}

TEST_F(RemovalPoliciesTest, AnyNumberOfReplicasDoItOnce) {
  SetPolicies("on_removal = 'REVOKE_GRANTS', removal_notice = 'NOTIFY'");
  Removed();
  Race(4, [&](int) {
    const absl::Status revoked = relationship::removals::SweepRevocations(relationship_work_);
    EXPECT_TRUE(revoked.ok()) << revoked;
    const absl::Status told = relationship::notices::SweepNotices(relationship_work_);
    EXPECT_TRUE(told.ok()) << told;
  });
  Sweep();
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE event = 'grant.terminated'"),
            2);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE target = 'invitation'"), 1);
}

TEST_F(RemovalPoliciesTest, NotifyQueuesOneNoticeToTheCustomersContact) {
  SetPolicies("removal_notice = 'NOTIFY'");
  Removed();
  EXPECT_EQ(Notices(), 0);
  Sweep();
  TellInvitation();
  EXPECT_EQ(database_.Value("SELECT kind || ' ' || resource || ' ' || partner || ' ' || customer"
                            " || ' ' || recipient || ' ' || locale || ' ' || state"
                            " FROM invitation.notices"),
            absl::StrCat("RELATIONSHIP_REMOVED ", relationship_,
                         " partners/contoso customers/northwind ann@northwind.example de QUEUED"));
  EXPECT_EQ(WhatFollows(), "NOTICE DONE");
  EXPECT_EQ(Grants(), "ACTIVE");
  Sweep();
  TellInvitation();
  EXPECT_EQ(Notices(), 1);
}

TEST_F(RemovalPoliciesTest, NoneQueuesNothing) {
  SetPolicies("on_removal = 'REVOKE_GRANTS'");
  Removed();
  Sweep();
  TellInvitation();
  EXPECT_EQ(Notices(), 0);
}

TEST_F(RemovalPoliciesTest, WithoutAnAddressThePartnersAuditSaysThatNobodyWasTold) {
  database_.Run("UPDATE directory.customers SET contact_email_address = ''");
  SetPolicies("removal_notice = 'NOTIFY'");
  Removed();
  NewEvents();
  Sweep();
  EXPECT_THAT(NewEvents(), ElementsAre("relationship.removal_notice_skipped partners/contoso"));
  EXPECT_EQ(WhatFollows(), "NOTICE NO_ADDRESS");
  TellInvitation();
  EXPECT_EQ(Notices(), 0);
}

TEST_F(RemovalPoliciesTest, WhatDirectoryDoesNotKnowYetIsToldLater) {
  SetPolicies("removal_notice = 'NOTIFY'");
  Removed();
  database_.Run(
      "SET session_replication_role = replica;"
      " UPDATE directory.customers SET name = 'customers/late' WHERE name = 'customers/northwind';"
      " RESET session_replication_role");
  NewEvents();
  Sweep();
  EXPECT_EQ(WhatFollows(), "NOTICE");
  EXPECT_THAT(NewEvents(), IsEmpty());
  database_.Run(
      "SET session_replication_role = replica;"
      " UPDATE directory.customers SET name = 'customers/northwind' WHERE name = 'customers/late';"
      " UPDATE relationship.notices SET due_time = now(); RESET session_replication_role");
  Sweep();
  EXPECT_EQ(WhatFollows(), "NOTICE DONE");
}

TEST_F(RemovalPoliciesTest, WhatWasAttestedIsThePartnersToRead) {
  Removed();
  const auto attested = [&](const std::string& account) {
    return database_.Count(
        absl::StrCat("SELECT count(*) FROM common.audit_entries WHERE account = '", account,
                     "' AND resource = '", relationship_, "' AND after ? 'attestation'"));
  };
  EXPECT_EQ(attested("partners/contoso"), 1);
  EXPECT_EQ(attested("customers/northwind"), 0);
}

// Nobody writes what follows but the removal, and nobody's login reads it.
TEST_F(RemovalPoliciesTest, WhatFollowsIsTheWorkersAlone) {
  for (const char* table : {"relationship.revocations", "relationship.notices"}) {
    for (const char* login : {"relationship", "directory", "invitation"}) {
      const auto read = database_.RunAs(login, kContoso, {absl::StrCat("SELECT * FROM ", table)});
      EXPECT_EQ(read.sqlstate, "42501") << login << " " << table;
    }
  }
  const auto revoked = database_.RunAs(
      "relationship_worker", "",
      {"INSERT INTO relationship.revocations (partner, relationship, customer, due_time)"
       " SELECT partner, id, customer, now() FROM relationship.relationships"});
  EXPECT_EQ(revoked.sqlstate, "42501");
  const auto told = database_.RunAs(
      "relationship", kContoso,
      {"INSERT INTO relationship.notices (partner, id, kind, resource, customer)"
       " SELECT partner, id, 'RELATIONSHIP_REMOVED', 'relationships/' || id, customer"
       " FROM relationship.relationships"});
  EXPECT_EQ(told.sqlstate, "42501");
}

}  // namespace
}  // namespace partnerlink::removal_policies_test
