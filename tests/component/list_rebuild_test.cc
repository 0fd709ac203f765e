// The partners' lists against a rebuild from the relationships: equal after any history and beside
// any writer, every damage found by its name and mended, what is under way no fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <map>
#include <random>
#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/rebuild/comparison.h"
#include "services/directory/rebuild/repair.h"
#include "tests/component/relationship_life_fixture.h"
#include "tests/support/race.h"
#include "tests/support/seed.h"

namespace partnerlink::list_rebuild_test {
namespace {

using directory::rebuild::Difference;
using directory::rebuild::Findings;
using support::Anna;
using support::Bert;
using support::DirectoryCall;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::kTailspin;
using support::PrincipalOf;
using support::RemovalOf;
using support::TestCall;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAreArray;

class ListRebuildTest : public support::RelationshipLifeTest {
 protected:
  ListRebuildTest() : pool_("rebuilder", database_.Conninfo("rebuilder"), 2) {}

  Findings Compare(int portion = directory::rebuild::kPortion) {
    seen_.clear();
    const auto findings = directory::rebuild::Compare(
        pool_,
        [&](const std::vector<Difference>& differences) {
          seen_.insert(seen_.end(), differences.begin(), differences.end());
          return absl::OkStatus();
        },
        portion);
    EXPECT_TRUE(findings.ok()) << findings.status();
    return findings.ok() ? *findings : Findings();
  }
  // What differs: the kind, and whose it is.
  std::vector<std::string> Differences() {
    Compare();
    std::vector<std::string> found;
    for (const Difference& each : seen_) {
      found.push_back(absl::StrCat(each.kind, " ", each.customer, " ", each.partner));
    }
    return found;
  }
  absl::StatusOr<int> Mend(const std::string& customer) {
    return directory::rebuild::MendCustomer(
        pool_, directory::rebuild::Mender("olga", "ticket 7", "run-1"), customer);
  }
  // Past every trigger and foreign key.
  void Damage(const std::string& sql) {
    database_.Run(absl::StrCat("SET session_replication_role = replica; ", sql));
  }
  // What was owed is taken for delivered, and never arrives.
  void LoseNews() {
    database_.Run("UPDATE common.outbox SET delivered_time = now() WHERE target = 'directory'");
  }
  void Rename(const std::string& customer, const std::string& name) {
    directory::v1::UpdateCustomerRequest request;
    request.mutable_customer()->set_name(customer);
    request.mutable_customer()->set_display_name(name);
    const TestCall call =
        DirectoryCall("UpdateCustomer", PrincipalOf(customer, {"global_admin"}, "nora"));
    const auto renamed =
        directory::customers::UpdateCustomer(call.context, directory_deps_, request);
    EXPECT_TRUE(renamed.ok()) << renamed.status();
  }

  postgres::Pool pool_;
  std::vector<Difference> seen_;
};

TEST_F(ListRebuildTest, AnEmptyDirectoryIsEqual) {
  EXPECT_THAT(Differences(), IsEmpty());
  EXPECT_EQ(Compare().extent.rows, 0);
}

// What each kind of damage is found as; the relationship of Northwind with Contoso alone is there,
// Tailspin's with Fabrikam, and a customer that Contoso has created a moment ago.
struct DamageCase {
  const char* name;
  const char* sql;
  std::vector<std::string> kinds;
};

const std::vector<DamageCase>& DamageCases() {
  static const auto* const cases = new std::vector<DamageCase>{
      {"MissingRow",
       "DELETE FROM directory.partner_customers WHERE customer = 'customers/northwind'",
       {"row_missing"}},
      {"CreatorsMissingRow",
       "DELETE FROM directory.partner_customers WHERE customer = 'customers/created'",
       {"row_missing"}},
      {"RowOfNobody",
       "INSERT INTO directory.partner_customers (partner, customer, listed, display_name, country,"
       " types, create_time) SELECT 'partners/fabrikam', name, true, display_name, country,"
       " '{RESELLER}', create_time FROM directory.customers WHERE name = 'customers/northwind'",
       {"row_unknown"}},
      {"NotListed",
       "UPDATE directory.partner_customers SET listed = false WHERE listed"
       " AND customer = 'customers/northwind'",
       {"listed"}},
      {"CreatedAndListedTooEarly",
       "UPDATE directory.partner_customers SET listed = true, types = '{RESELLER}'"
       " WHERE customer = 'customers/created'",
       {"listed", "types"}},
      {"Types",
       "UPDATE directory.partner_customers SET types = '{PROVIDER,RESELLER}'"
       " WHERE customer = 'customers/northwind'",
       {"types"}},
      {"Country",
       "UPDATE directory.partner_customers SET country = 'US'"
       " WHERE customer = 'customers/northwind'",
       {"country"}},
      {"CreateTime",
       "UPDATE directory.partner_customers SET create_time = now()"
       " WHERE customer = 'customers/northwind'",
       {"create_time"}},
      {"Name",
       "UPDATE directory.partner_customers SET display_name = 'Southwind'"
       " WHERE customer = 'customers/northwind'",
       {"display_name"}},
      {"CustomersName",
       "UPDATE directory.customers SET display_name = 'Southwind'"
       " WHERE name = 'customers/northwind'",
       {"display_name"}},
      // Folded by another function, which names are not folded by any more.
      {"SortKey",
       "DO $$ DECLARE fold text := pg_get_functiondef('common.fold(text)'::regprocedure); BEGIN"
       " CREATE OR REPLACE FUNCTION common.fold(value text) RETURNS text LANGUAGE sql IMMUTABLE"
       " PARALLEL SAFE STRICT RETURN upper(value) COLLATE \"C\";"
       " UPDATE directory.partner_customers SET display_name = display_name"
       " WHERE customer = 'customers/northwind'; EXECUTE fold; END $$",
       {"sort_key"}},
      {"EdgeMissing",
       "DELETE FROM directory.edges WHERE customer = 'customers/northwind'",
       {"edge_missing", "row_unknown"}},
      {"EdgeOfNobody",
       "INSERT INTO directory.edges (partner, relationship, customer, type, state, revision)"
       " VALUES ('partners/fabrikam', gen_random_uuid(), 'customers/northwind', 'RESELLER',"
       " 'ACTIVE', 1)",
       {"edge_unknown", "row_missing"}},
      {"EdgeBehind",
       "UPDATE directory.edges SET revision = 0"
       " WHERE customer = 'customers/northwind'",
       {"edge_behind"}},
      {"EdgeAhead",
       "UPDATE directory.edges SET revision = 9, state = 'ENDED'"
       " WHERE customer = 'customers/northwind'",
       {"edge_ahead", "listed", "types"}},
      {"EdgeState",
       "UPDATE directory.edges SET state = 'SUSPENDED'"
       " WHERE customer = 'customers/northwind'",
       {"edge_differs"}},
      {"EdgeType",
       "UPDATE directory.edges SET type = 'PROVIDER'"
       " WHERE customer = 'customers/northwind'",
       {"edge_differs", "types"}},
      {"EdgeOfAnotherCustomer",
       "UPDATE directory.edges SET customer = 'customers/tailspin'"
       " WHERE customer = 'customers/northwind'",
       {"edge_missing", "edge_unknown", "row_missing", "row_unknown"}},
  };
  return *cases;
}

class DamageTest : public ListRebuildTest, public testing::WithParamInterface<size_t> {};

TEST_P(DamageTest, IsFoundByItsNameAndMended) {
  const DamageCase& damage = DamageCases()[GetParam()];
  Relate(kNorthwind, kContoso);
  Relate(kTailspin, kFabrikam);
  directory::v1::CreateCustomerRequest creation;
  creation.set_customer_id("created");
  creation.mutable_customer()->set_display_name("Created");
  creation.mutable_customer()->set_country("PL");
  creation.mutable_initial_admin()->set_user_principal_name("carl@created.example");
  const TestCall call = DirectoryCall("CreateCustomer", Anna());
  ASSERT_TRUE(directory::customers::CreateCustomer(call.context, directory_deps_, creation).ok());
  ASSERT_THAT(Differences(), IsEmpty());
  NewEvents();

  Damage(damage.sql);
  const Findings found = Compare();
  std::vector<std::string> kinds;
  for (const auto& [kind, count] : found.by_kind) {
    kinds.push_back(kind);
    EXPECT_EQ(count, 1) << kind;
  }
  EXPECT_EQ(kinds, damage.kinds) << damage.name;
  std::set<std::string> customers, partners;
  for (const Difference& each : seen_) {
    customers.insert(each.customer);
    partners.insert(each.partner);
  }
  int mended = 0;
  for (const std::string& customer : customers) mended += Mend(customer).value_or(-100);
  EXPECT_GT(mended, 0);  // an edge that moves to its customer is right at the other one, too
  EXPECT_THAT(Differences(), IsEmpty());
  EXPECT_THAT(ListOf(kContoso), UnorderedElementsAreArray(RebuiltListOf(kContoso)));
  EXPECT_THAT(ListOf(kFabrikam), UnorderedElementsAreArray(RebuiltListOf(kFabrikam)));
  // Every partner that it concerned is told, and finds who did it and why.
  EXPECT_GE(NewEvents().size(), partners.size());
  for (const std::string& partner : partners) {
    EXPECT_GE(database_.Count(absl::Substitute(
                  "SELECT count(*) FROM common.audit_entries a JOIN common.outbox o"
                  " USING (account, resource, service) WHERE account = '$0' AND a.actor = 'olga'"
                  " AND a.actor_account = 'operators' AND a.reason = 'ticket 7'"
                  " AND a.request_id = 'run-1' AND a.cause LIKE 'mended: %'"
                  " AND o.actor_account = 'operators' AND a.xmin = o.xmin",
                  partner)),
              1)
        << partner;
  }
  for (const std::string& customer : customers) EXPECT_EQ(Mend(customer).value_or(-1), 0);
  EXPECT_THAT(NewEvents(), IsEmpty()) << "what is equal is left alone";
}

INSTANTIATE_TEST_SUITE_P(Kinds, DamageTest, testing::Range<size_t>(0, DamageCases().size()),
                         [](const auto& info) { return DamageCases()[info.param].name; });

TEST_F(ListRebuildTest, EachAppearanceAndDisappearanceIsToldAsOne) {
  Relate(kNorthwind, kContoso);
  NewEvents();
  Damage("DELETE FROM directory.partner_customers");
  ASSERT_TRUE(Mend(kNorthwind).ok());
  EXPECT_THAT(NewEvents(), ElementsAre("customer.listed partners/contoso"));
  Damage(
      "INSERT INTO directory.partner_customers (partner, customer, listed, display_name, country,"
      " types, create_time) SELECT 'partners/fabrikam', customer, listed, display_name, country,"
      " types, create_time FROM directory.partner_customers");
  ASSERT_TRUE(Mend(kNorthwind).ok());
  EXPECT_THAT(NewEvents(), ElementsAre("customer.unlisted partners/fabrikam"));
  Damage("UPDATE directory.edges SET state = 'SUSPENDED'");
  ASSERT_TRUE(Mend(kNorthwind).ok());
  EXPECT_THAT(NewEvents(), ElementsAre("customer.edge_changed partners/contoso"));
}

TEST_F(ListRebuildTest, WhatAPartnerKeepsOfACustomerStays) {
  Relate(kNorthwind, kContoso);
  const std::string own =
      "SELECT concat(labels, correlation_id, channel, revision) FROM directory.partner_customers";
  Damage(
      "UPDATE directory.partner_customers SET labels = '{\"tier\": \"gold\"}', revision = 4,"
      " correlation_id = 'C-1', channel = 'OTHER', listed = false, display_name = 'X'");
  const std::string before = database_.Value(own);
  EXPECT_THAT(Differences(), ElementsAre("display_name customers/northwind partners/contoso",
                                         "listed customers/northwind partners/contoso"));
  EXPECT_EQ(Mend(kNorthwind).value_or(-1), 2);
  EXPECT_EQ(database_.Value(own), before);
}

TEST_F(ListRebuildTest, NewsUnderWayAreNoFaultAndLostNewsAre) {
  const std::string relationship = Relate(kNorthwind, kContoso);
  ASSERT_TRUE(Establish(support::AcceptedBy(kNorthwind, kFabrikam, NewUuid())).ok());
  EXPECT_THAT(Differences(), IsEmpty());
  EXPECT_EQ(Compare().under_way, 1) << "a new one";
  EXPECT_EQ(Compare().owed.deliveries, 1);
  TellDirectory();
  ASSERT_TRUE(Remove(RemovalOf(relationship), Anna()).ok());
  EXPECT_THAT(Differences(), IsEmpty());
  EXPECT_EQ(Compare().under_way, 1) << "a changed one";
  EXPECT_EQ(Mend(kNorthwind).value_or(-1), 0) << "it is Relationship's to tell";
  // What is owed of one relationship excuses no other.
  Damage("UPDATE directory.edges SET revision = 0 WHERE partner = 'partners/fabrikam'");
  EXPECT_THAT(Differences(), ElementsAre("edge_behind customers/northwind partners/fabrikam"));
  EXPECT_EQ(Mend(kNorthwind).value_or(-1), 1);

  const std::string late = database_.Value(
      "SELECT id FROM common.outbox WHERE target = 'directory' AND delivered_time IS NULL");
  LoseNews();
  EXPECT_EQ(Compare().under_way, 0);
  EXPECT_THAT(Differences(), ElementsAre("edge_behind customers/northwind partners/contoso"));
  NewEvents();
  EXPECT_EQ(Mend(kNorthwind).value_or(-1), 1);
  EXPECT_THAT(NewEvents(), ElementsAre("customer.unlisted partners/contoso"));
  EXPECT_THAT(ListOf(kContoso), IsEmpty());
  // It arrives after all.
  database_.Run("UPDATE common.outbox SET delivered_time = NULL WHERE id = '" + late + "'");
  TellDirectory();
  EXPECT_THAT(NewEvents(), IsEmpty());
  EXPECT_THAT(Differences(), IsEmpty());
}

TEST_F(ListRebuildTest, NewsOfManyAtATimeAreUnderWayByTheirPartner) {
  Relate(kNorthwind, kContoso);
  Damage("DELETE FROM directory.edges; DELETE FROM directory.partner_customers");
  const auto owe = [&](const std::string& partner) {
    database_.Run(
        absl::Substitute("UPDATE common.outbox SET delivered_time = NULL, account = '$0',"
                         " resource = '$0/imports/1' WHERE target = 'directory'",
                         partner));
  };
  owe(kContoso);
  EXPECT_THAT(Differences(), IsEmpty());
  EXPECT_EQ(Compare().under_way, 1);
  owe(kFabrikam);
  EXPECT_THAT(Differences(), ElementsAre("edge_missing customers/northwind partners/contoso"));
}

TEST_F(ListRebuildTest, ACustomerThatDirectoryDoesNotKnowIsFoundAndLeftToBeToldAnew) {
  ASSERT_TRUE(Establish(support::AcceptedBy(kNorthwind, kContoso, NewUuid())).ok());
  LoseNews();
  EXPECT_THAT(Differences(), ElementsAre("edge_missing customers/northwind partners/contoso"));
  EXPECT_EQ(Mend(kNorthwind).status(), NotFound());
}

TEST_F(ListRebuildTest, ACustomerThatOthersHoldIsTriedAgain) {
  Relate(kNorthwind, kContoso);
  Damage("UPDATE directory.partner_customers SET listed = false");
  {
    pqxx::connection holder(database_.Conninfo("postgres"));
    pqxx::work holding(holder);
    holding.exec("SELECT FROM directory.customers FOR UPDATE");
    EXPECT_EQ(ReasonOf(Mend(kNorthwind).status()), common::v1::CONFLICT);
  }
  EXPECT_EQ(Mend(kNorthwind).value_or(-1), 1);
}

TEST_F(ListRebuildTest, PortionsOfEverySizeFindTheSame) {
  for (int i = 0; i < 7; ++i) {
    const std::string customer = absl::StrCat("customers/many-", i);
    Relate(customer, kContoso);
    Relate(customer, kFabrikam);
  }
  Damage(
      "UPDATE directory.partner_customers SET country = 'US' WHERE partner = 'partners/fabrikam';"
      " DELETE FROM directory.edges WHERE customer IN ('customers/many-0', 'customers/many-6')");
  for (const int portion : {1, 2, 3, 5, 100}) {
    const Findings found = Compare(portion);
    EXPECT_EQ(found.extent.relationships, 14) << portion;
    EXPECT_EQ(found.extent.rows, 14) << portion;
    EXPECT_EQ(found.by_kind, (std::map<std::string, int64_t>{
                                 {"country", 5}, {"edge_missing", 4}, {"row_unknown", 4}}))
        << portion;
  }
}

TEST_F(ListRebuildTest, RowsThatTheStatisticsDoNotKnowAreReadOnce) {
  constexpr int kCustomers = 500;
  for (int i = 0; i < 3; ++i) Relate(absl::StrCat("customers/before-", i), kContoso);
  database_.Run("ANALYZE");
  Damage(absl::Substitute(
      "CREATE TEMP TABLE many AS"
      " SELECT 'customers/many-' || i AS name FROM generate_series(1, $0) AS i;"
      "INSERT INTO directory.customers (name, display_name, country)"
      " SELECT name, name, 'PL' FROM many;"
      "INSERT INTO relationship.relationships (partner, customer, type, state, origin, source)"
      " SELECT 'partners/contoso', name, 'RESELLER', 'ACTIVE', 'PORTAL', name FROM many;"
      "INSERT INTO directory.edges (partner, relationship, customer, type, state, revision)"
      " SELECT partner, id, customer, type, state, revision FROM relationship.relationships"
      " JOIN many ON customer = name;"
      "INSERT INTO directory.partner_customers (partner, customer, listed, display_name, country,"
      " types, create_time) SELECT 'partners/contoso', name, true, display_name, country,"
      " '{RESELLER}', create_time FROM directory.customers JOIN many USING (name)",
      kCustomers));
  const auto read = postgres::Transact<int64_t>(
      pool_, {"", absl::InfiniteFuture(), postgres::Access::kReadOnly},
      [](postgres::Transaction& transaction) -> absl::StatusOr<int64_t> {
        EXPECT_THAT(directory::rebuild::FindDifferences(transaction,
                                                        {"customers/many-", "customers/many-a"}),
                    IsEmpty());
        EXPECT_STREQ(transaction.Run("SELECT current_setting('enable_nestloop')")[0][0].c_str(),
                     "on")
            << "for whatever comes next";
        return transaction
            .Run(
                "SELECT sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::bigint"
                " FROM pg_stat_xact_user_tables WHERE schemaname IN ('relationship', 'directory')")
                [0][0]
            .as<int64_t>();
      });
  ASSERT_TRUE(read.ok()) << read.status();
  EXPECT_GE(*read, kCustomers * 4) << "of each table";
  EXPECT_LE(*read, kCustomers * 5);
}

TEST_F(ListRebuildTest, AnyHistoryIsEqualAtEveryStep) {
  std::mt19937_64 chance(support::SeedOfThisRun());
  const std::vector<std::string> customers = {"customers/one", "customers/two", "customers/three"};
  std::map<std::string, std::string> live;  // partner and customer: its relationship
  const auto any = [&](size_t count) { return static_cast<size_t>(chance() % count); };
  int told = 0;
  for (int step = 0; step < 60; ++step) {
    const std::string& customer = customers[any(customers.size())];
    const bool is_contoso = any(2) == 0;
    const std::string partner = is_contoso ? kContoso : kFabrikam;
    const Principal& caller = is_contoso ? Anna() : Bert();
    std::string& relationship = live[partner + customer];
    const bool is_known =
        database_.Count("SELECT count(*) FROM directory.customers WHERE name = '" + customer +
                        "'") > 0;
    if (relationship.empty()) {
      const auto made = Establish(support::AcceptedBy(customer, partner, NewUuid()));
      ASSERT_TRUE(made.ok()) << made.status();
      relationship = made->edges(0).relationship();
    } else if (const size_t what = any(4); what == 0) {
      ASSERT_TRUE(Remove(RemovalOf(relationship), caller).ok());
      relationship.clear();
    } else if (what == 1 && is_known) {
      Rename(customer, absl::StrCat("Żółta ", step));
    } else if (what == 2 && Pause(relationship, support::Olga()).ok()) {
      ASSERT_TRUE(any(2) == 0 || Resume(relationship, support::Olga()).ok());
    }
    if (any(3) == 0) {
      TellDirectory();
      ++told;
    }
    EXPECT_THAT(Differences(), IsEmpty()) << "step " << step;
  }
  EXPECT_GT(told, 0);
  TellDirectory();
  EXPECT_EQ(Compare().under_way, 0);
  EXPECT_THAT(Differences(), IsEmpty());
  EXPECT_THAT(ListOf(kContoso), UnorderedElementsAreArray(RebuiltListOf(kContoso)));
  Damage("UPDATE directory.partner_customers SET display_name = display_name || '.'");
  EXPECT_EQ(Differences().size(), static_cast<size_t>(Compare().extent.rows))
      << "the comparison is at work";
}

TEST_F(ListRebuildTest, WritersBesideItMakeNoDifferenceAndAreNotHeldUp) {
  constexpr int kWriters = 3;
  std::atomic<int> at_work = kWriters;
  int compared = 0, under_way = 0;
  support::Race(kWriters + 1, [&](int i) {
    if (i < kWriters) {
      for (int round = 0; round < 8; ++round) {
        const std::string customer = absl::StrCat("customers/of-", i, "-", round);
        const auto made = Establish(support::AcceptedBy(customer, kContoso, NewUuid()));
        EXPECT_TRUE(made.ok()) << made.status();
        TellDirectory();
        Rename(customer, absl::StrCat("Renamed ", round));
        EXPECT_TRUE(Remove(RemovalOf(made->edges(0).relationship()), Anna()).ok());
        if (round % 2 == 0) TellDirectory();
      }
      --at_work;
      return;
    }
    while (at_work > 0) {
      const Findings found = Compare(2);
      EXPECT_EQ(found.differences(), 0);
      under_way += static_cast<int>(found.under_way);
      ++compared;
    }
  });
  EXPECT_GT(compared, 3);
  EXPECT_GT(under_way, 0) << "it has met news under way";
  TellDirectory();
  EXPECT_THAT(Differences(), IsEmpty());
}

TEST_F(ListRebuildTest, MendingBesideWritersEndsEqual) {
  constexpr int kRounds = 12;
  const std::string relationship = Relate(kNorthwind, kContoso);
  support::Race(2, [&](int i) {
    for (int round = 0; round < kRounds; ++round) {
      if (i == 0) {
        const auto changed = round % 2 == 0 ? Pause(relationship, support::Olga())
                                            : Resume(relationship, support::Olga());
        EXPECT_TRUE(changed.ok()) << changed.status();
        TellDirectory();
        Rename(kNorthwind, absl::StrCat("Northwind ", round));
      } else {
        Damage("UPDATE directory.partner_customers SET types = '{PROVIDER}', listed = false");
        const auto mended = Mend(kNorthwind);
        EXPECT_TRUE(mended.ok() || ReasonOf(mended.status()) == common::v1::CONFLICT)
            << mended.status();
      }
    }
  });
  TellDirectory();
  ASSERT_TRUE(Mend(kNorthwind).ok());
  EXPECT_THAT(Differences(), IsEmpty());
  EXPECT_THAT(ListOf(kContoso), ElementsAre(kNorthwind));
  EXPECT_EQ(database_.Value("SELECT display_name FROM directory.partner_customers"),
            "Northwind 11");
}

TEST_F(ListRebuildTest, TheLoginMayNotDoMore) {
  Relate(kNorthwind, kContoso);
  const std::string audit =
      "INSERT INTO common.audit_entries (account, service, method, actor, actor_account,"
      " actor_roles, resource, decision, reason, request_id)"
      " VALUES ('partners/contoso', '$0', '$1', 'olga', '$2', '{}', 'r', 'ALLOWED', '$3', 'x')";
  const std::string method = "rebuild/customer_list";
  EXPECT_TRUE(database_
                  .RunAs("rebuilder", "",
                         {absl::Substitute(audit, "directory", method, "operators", "ticket")})
                  .ok());
  for (const std::string& statement : std::vector<std::string>{
           absl::Substitute(audit, "directory", method, "operators", ""),
           absl::Substitute(audit, "relationship", method, "operators", "ticket"),
           absl::Substitute(audit, "directory", "x", "operators", "ticket"),
           absl::Substitute(audit, "directory", method, "partners/contoso", "ticket"),
           "UPDATE directory.customers SET display_name = 'X'",
           "UPDATE directory.customers SET update_time = now()",
           "UPDATE directory.partner_customers SET labels = '{}'",
           "UPDATE relationship.relationships SET state = 'ENDED'",
           "SELECT origin FROM relationship.relationships", "SELECT payload FROM common.outbox",
           "DELETE FROM common.outbox", "SELECT FROM common.audit_entries",
           "SELECT FROM directory.users", "SELECT FROM relationship.grants",
           "SELECT FROM invitation.invitations"}) {
    EXPECT_EQ(database_.RunAs("rebuilder", "", {statement}).sqlstate, "42501") << statement;
  }
}

}  // namespace
}  // namespace partnerlink::list_rebuild_test
