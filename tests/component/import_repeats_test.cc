// ImportCustomers: how an import goes on, and that nothing is lost or done twice, whoever repeats
// what and whatever breaks in between.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "tests/component/import_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::import_repeats_test {
namespace {

using relationship::v1::EstablishCreatedCustomersRequest;
using support::Anna;
using support::Bert;
using support::kContoso;
using support::kFabrikam;
using support::kImport;
using support::PrincipalOf;
using testing::IsEmpty;
using testing::SizeIs;

class ImportRepeatsTest : public support::ImportTest {
 protected:
  int64_t PositionOf(const std::string& import_id) {
    const auto answer = Import(Chunk({}, 1'000'000, import_id));
    EXPECT_TRUE(answer.ok()) << answer.status();
    return answer.ok() ? answer->committed_position() : -1;
  }

  // The peers' requests that are owed.
  std::vector<EstablishCreatedCustomersRequest> Orders() {
    std::vector<EstablishCreatedCustomersRequest> orders;
    for (const pqxx::row& row :
         database_.Run("SELECT payload FROM common.outbox WHERE target = 'relationship'"
                       " AND delivered_time IS NULL ORDER BY resource")) {
      EXPECT_TRUE(orders.emplace_back().ParseFromString(pqxx::binarystring(row[0]).str()));
    }
    return orders;
  }
};

TEST_F(ImportRepeatsTest, GoesOnFromTheCommittedPosition) {
  EXPECT_EQ(PositionOf(kImport), 0);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.imports"), 0) << "who asks begins none";
  ASSERT_TRUE(Import(Chunk(Rows(3, "first"))).ok());
  EXPECT_EQ(PositionOf(kImport), 3);
  ASSERT_TRUE(Import(Chunk(Rows(2, "second"), 3)).ok());
  EXPECT_EQ(PositionOf(kImport), 5);
  EXPECT_EQ(Customers(), 5);
}

TEST_F(ImportRepeatsTest, ARepeatedChunkChangesNothingAndIsAnsweredAsBefore) {
  std::vector<Request::Row> rows = Rows(3);
  rows[1].mutable_customer()->set_country("pl");
  rows[2].mutable_customer()->clear_name();  // the server makes one, once
  const auto first = Import(Chunk(rows));
  ASSERT_TRUE(first.ok()) << first.status();
  ASSERT_TRUE(Import(Chunk(Rows(1, "later"), 3)).ok());
  const std::string before = WholeDatabase();
  const auto again = Import(Chunk(rows));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  const auto asked = Import(Chunk({}));
  ASSERT_TRUE(asked.ok()) << asked.status();
  EXPECT_EQ(asked->SerializeAsString(), first->SerializeAsString()) << "without its rows";
  // Whoever of the account goes on.
  const auto colleague = Import(Chunk(rows), PrincipalOf(kContoso, {"global_admin"}, "gina"));
  ASSERT_TRUE(colleague.ok()) << colleague.status();
  EXPECT_EQ(colleague->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(ImportRepeatsTest, OtherRowsAndOtherPlacesAreRefusedAndChangeNothing) {
  ASSERT_TRUE(Import(Chunk(Rows(3))).ok());
  const std::string before = WholeDatabase();
  EXPECT_EQ(ReasonOf(Import(Chunk(Rows(3, "other"))).status()), common::v1::IMPORT_CHANGED);
  EXPECT_EQ(ReasonOf(Import(Chunk(Rows(4))).status()), common::v1::IMPORT_CHANGED);
  const absl::Status within = Import(Chunk(Rows(1, "other"), 2)).status();
  EXPECT_EQ(ReasonOf(within), common::v1::IMPORT_POSITION);
  EXPECT_THAT(ToRpcStatus(within).SerializeAsString(), testing::HasSubstr("committed_position"));
  EXPECT_EQ(ReasonOf(Import(Chunk(Rows(1, "other"), 4)).status()), common::v1::IMPORT_POSITION);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(ImportRepeatsTest, AnImportIsOfItsAccount) {
  ASSERT_TRUE(Import(Chunk(Rows(3))).ok());
  const auto others = Import(Chunk({}, 0, kImport, kFabrikam), Bert());
  ASSERT_TRUE(others.ok()) << others.status();
  EXPECT_EQ(others->committed_position(), 0);
  ASSERT_EQ(Import(Chunk(Rows(2, "bert"), 0, kImport, kFabrikam), Bert())->accepted(), 2);
  EXPECT_EQ(PositionOf(kImport), 3);
}

// The walls of the database, whatever the service asks.
TEST_F(ImportRepeatsTest, NobodyElseSeesOrMovesAnImport) {
  ASSERT_TRUE(Import(Chunk(Rows(3))).ok());
  for (const char* account : {"partners/fabrikam", "customers/customer-0", "operators", ""}) {
    for (const char* table : {"imports", "import_chunks"}) {
      const auto seen =
          database_.RunAs("directory", account, {absl::StrCat("SELECT FROM directory.", table)});
      EXPECT_TRUE(seen.ok()) << seen.message;
      EXPECT_EQ(seen.rows.size(), 0u) << account << " " << table;
    }
    EXPECT_EQ(database_
                  .RunAs("directory", account,
                         {"UPDATE directory.imports SET committed_position = 9"
                          " RETURNING import_id"})
                  .rows.size(),
              0u)
        << account;
    EXPECT_EQ(database_
                  .RunAs("directory", account,
                         {"INSERT INTO directory.imports (partner, import_id)"
                          " VALUES ('partners/contoso', 'forged')"})
                  .sqlstate,
              "42501")
        << account;
  }
  EXPECT_EQ(
      database_
          .RunAs("directory", kContoso, {"UPDATE directory.imports SET committed_position = 2"})
          .sqlstate,
      "23514")
      << "backwards";
  for (const char* login : {"directory_worker", "relationship", "invitation"}) {
    EXPECT_EQ(database_.RunAs(login, kContoso, {"SELECT FROM directory.imports"}).sqlstate, "42501")
        << login;
  }
}

TEST_F(ImportRepeatsTest, AChunkThatBreaksLeavesNothing) {
  ASSERT_TRUE(Import(Chunk(Rows(2))).ok());
  database_.Run(R"sql(
      CREATE FUNCTION broken() RETURNS trigger LANGUAGE plpgsql
        AS $$ BEGIN RAISE EXCEPTION 'broken'; END $$;
      CREATE TRIGGER broken BEFORE INSERT ON directory.import_chunks
        FOR EACH ROW EXECUTE FUNCTION broken())sql");
  const std::string before = WholeDatabase();
  const Request next = Chunk(Rows(5, "next"), 2);
  EXPECT_FALSE(Import(next).ok());
  EXPECT_EQ(WholeDatabase(), before);
  database_.Run("DROP TRIGGER broken ON directory.import_chunks");
  EXPECT_EQ(Import(next)->accepted(), 5);
  EXPECT_EQ(Customers(), 7);
}

TEST_F(ImportRepeatsTest, OfTheSameChunkSentByManyAtOnceOneIsWritten) {
  for (int round = 0; round < 5; ++round) {
    const Request chunk =
        Chunk(Rows(20, absl::StrCat("round-", round)), 0, absl::StrCat("import-", round));
    std::vector<std::string> answers(4);
    support::Race(4, [&](int racer) {
      const auto answer = Import(chunk);
      EXPECT_TRUE(answer.ok()) << answer.status();
      if (answer.ok()) answers[racer] = answer->SerializeAsString();
    });
    for (const std::string& answer : answers) EXPECT_EQ(answer, answers[0]);
  }
  Settle();
  EXPECT_EQ(Customers(), 100);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships"), 100);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE event = 'customer.created'"),
            100);
}

TEST_F(ImportRepeatsTest, OfTheSameCompaniesInManyImportsAtOnceOneIsTaken) {
  std::vector<Request::Row> forwards = Rows(50);
  std::vector<Request::Row> backwards(forwards.rbegin(), forwards.rend());
  std::atomic<int> accepted = 0;
  support::Race(4, [&](int racer) {
    const bool is_anna = racer % 2 == 0;
    const auto answer = Import(Chunk(is_anna ? forwards : backwards, 0,
                                     absl::StrCat("racer-", racer), is_anna ? kContoso : kFabrikam),
                               is_anna ? Anna() : Bert());
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->accepted() + answer->rejected_size(), 50);
    accepted += answer->accepted();
  });
  EXPECT_EQ(accepted, 50);
  EXPECT_EQ(Customers(), 50);
}

TEST_F(ImportRepeatsTest, WhatRelationshipWasAskedOftenItDoesOnce) {
  ASSERT_TRUE(Import(Chunk(Rows(300))).ok());
  const std::vector<EstablishCreatedCustomersRequest> orders = Orders();
  ASSERT_THAT(orders, SizeIs(2));
  support::Race(8, [&](int racer) {
    const auto answer = EstablishCreated(orders[racer % 2]);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_EQ(answer->refused_size(), 0);
  });
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships"), 300);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants"), 300);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE target = 'directory'"), 2);
}

TEST_F(ImportRepeatsTest, WhatDirectoryHearsOftenItTakesOverOnce) {
  ASSERT_TRUE(Import(Chunk(Rows(10))).ok());
  TellRelationship();
  directory::v1::ApplyCreatedCustomersRequest news;
  ASSERT_TRUE(news.ParseFromString(
      pqxx::binarystring(
          database_.Run("SELECT payload FROM common.outbox WHERE target = 'directory'")[0][0])
          .str()));
  support::Race(6, [&](int) { EXPECT_TRUE(ApplyCreated(news).ok()); });
  EXPECT_THAT(ListOf(kContoso), SizeIs(10));
  EXPECT_EQ(ListOf(kContoso), RebuiltListOf(kContoso));
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE event = 'customer.listed'"),
            10);
}

TEST_F(ImportRepeatsTest, NewsThatComesAfterAnEndDoesNotUndoIt) {
  ASSERT_TRUE(Import(Chunk(Rows(2))).ok());
  TellRelationship();
  const std::string relationship = database_.Value(
      "SELECT 'relationships/' || id FROM relationship.relationships"
      " WHERE customer = 'customers/customer-0'");
  ASSERT_TRUE(Remove(support::RemovalOf(relationship), Anna()).ok());
  const pqxx::result owed = database_.Run(
      "SELECT event, payload FROM common.outbox WHERE target = 'directory'"
      " ORDER BY create_time DESC");
  ASSERT_EQ(owed.size(), 2u);
  directory::v1::ApplyRelationshipsRequest end;
  ASSERT_TRUE(end.ParseFromString(pqxx::binarystring(owed[0][1]).str()));
  ASSERT_TRUE(Apply(end).ok());
  directory::v1::ApplyCreatedCustomersRequest news;
  ASSERT_TRUE(news.ParseFromString(pqxx::binarystring(owed[1][1]).str()));
  ASSERT_TRUE(ApplyCreated(news).ok());
  EXPECT_THAT(ListOf(kContoso), testing::ElementsAre("customers/customer-1"));
}

TEST_F(ImportRepeatsTest, NewsOfACustomerThatIsNotKnownIsRefusedWhole) {
  directory::v1::ApplyCreatedCustomersRequest news;
  news.set_partner(kContoso);
  news.set_type(relationship::v1::Relationship::RESELLER);
  auto& edge = *news.add_edges();
  edge.set_customer("customers/nobody");
  edge.set_relationship("relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
  edge.set_state(relationship::v1::Relationship::ACTIVE);
  edge.set_revision(1);
  news.set_root_event("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
  EXPECT_EQ(ReasonOf(ApplyCreated(news).status()), common::v1::COMPANY_REQUIRED);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.edges"), 0);
}

}  // namespace
}  // namespace partnerlink::import_repeats_test
