// ImportCustomers: what a row becomes, what is refused of it, and what a chunk leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "common/auth/testing/temporary_folder.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "tests/component/import_fixture.h"

namespace partnerlink::import_customers_test {
namespace {

using support::Anna;
using support::Bert;
using support::DirectoryCall;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::kTailspin;
using support::PrincipalOf;
using support::TestCall;
using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;
using testing::UnorderedElementsAre;

class ImportCustomersTest : public support::ImportTest {
 protected:
  static Request::Row Whole(const std::string& id) {
    Request::Row row = Row(id);
    directory::v1::Customer& customer = *row.mutable_customer();
    customer.add_domains()->set_name("Shared.Example");
    customer.add_domains()->set_name("b.example");
    customer.mutable_contact()->set_display_name("Carl");
    customer.mutable_contact()->set_email_address("Carl@Shared.example");
    customer.mutable_contact()->set_phone_number("+48 1");
    customer.set_registration_number("PL 123");
    customer.set_channel(common::v1::OWN_MARKETING);
    customer.set_correlation_id("C-1");
    (*customer.mutable_labels())["team"] = "north \"1\", {2}";
    row.mutable_initial_admin()->set_user_principal_name("Carl@shared.example");
    row.mutable_initial_admin()->set_given_name("Carl");
    return row;
  }

  // All that the database has of a customer, without ids and times.
  std::string AllOf(const std::string& customer) {
    std::string all;
    for (const char* statement :
         {"SELECT concat_ws('|', display_name, country, contact_display_name,"
          " contact_email_address, contact_phone_number, registration_number, creator, revision)"
          " FROM directory.customers WHERE name = '$'",
          "SELECT string_agg(name || verified, '|' ORDER BY name) FROM directory.domains"
          " WHERE customer = '$'",
          "SELECT concat_ws('|', user_principal_name, given_name, family_name, display_name, roles,"
          " revision) FROM directory.users WHERE customer = '$'",
          "SELECT concat_ws('|', p.partner, p.listed, p.display_name, p.country, p.types, "
          "p.channel,"
          " p.labels, p.correlation_id, p.revision, p.create_time = c.create_time)"
          " FROM directory.partner_customers p JOIN directory.customers c ON c.name = p.customer"
          " WHERE customer = '$'",
          "SELECT concat_ws('|', partner, type, state, revision) FROM directory.edges"
          " WHERE customer = '$'",
          "SELECT concat_ws('|', partner, type, state, origin, source = customer, invitation,"
          " via_partner, predecessor, revision, end_notice_days)"
          " FROM relationship.relationships WHERE customer = '$'",
          "SELECT concat_ws('|', partner, display_name, roles, state, duration_days, auto_extend,"
          " invitation, revision, end_time - start_time, end_time - remind_time)"
          " FROM relationship.grants WHERE customer = '$'",
          "SELECT country FROM relationship.customers WHERE name = '$'",
          // The creation's order to Relationship is a payload of its own only there.
          "SELECT string_agg(concat_ws('|', account, event), E'\\n' ORDER BY event)"
          " FROM common.outbox WHERE account = '$' OR resource = '$'",
          "SELECT string_agg(concat_ws('|', account, service, actor, on_behalf_of, decision,"
          " before), E'\\n' ORDER BY service, account, id)"
          " FROM common.audit_entries WHERE account = '$' OR resource = '$'"}) {
      absl::StrAppend(&all, database_.Value(absl::StrReplaceAll(statement, {{"$", customer}})),
                      "\n");
    }
    return all;
  }
};

TEST_F(ImportCustomersTest, ARowBecomesWhatCreateCustomerMakesOfIt) {
  const Request::Row row = Whole("northwind");
  directory::v1::CreateCustomerRequest creation;
  creation.set_customer_id("tailspin");
  *creation.mutable_customer() = row.customer();
  *creation.mutable_initial_admin() = row.initial_admin();
  const TestCall call = DirectoryCall("CreateCustomer", Anna());
  ASSERT_TRUE(directory::customers::CreateCustomer(call.context, directory_deps_, creation).ok());
  Settle();
  const auto answer = Import(Chunk({row}));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->accepted(), 1);
  Settle();
  EXPECT_THAT(ListOf(kContoso), UnorderedElementsAre(kNorthwind, kTailspin));
  const std::string created = absl::StrReplaceAll(AllOf(kTailspin), {{kTailspin, kNorthwind}});
  EXPECT_EQ(AllOf(kNorthwind), created);
  EXPECT_THAT(created, HasSubstr("shared.example")) << "the comparison is of something";
}

TEST_F(ImportCustomersTest, ItsCreatorReadsAndListsItOnceItsRelationshipHasCome) {
  ASSERT_TRUE(Import(Chunk({Whole("northwind")})).ok());
  EXPECT_THAT(ListOf(kContoso), IsEmpty());
  EXPECT_EQ(ReasonOf(Read(kNorthwind, Anna()).status()), common::v1::RESOURCE_NOT_FOUND);
  Settle();
  EXPECT_THAT(ListOf(kContoso), ElementsAre(kNorthwind));
  const auto after = Read(kNorthwind, Anna());
  ASSERT_TRUE(after.ok()) << after.status();
  EXPECT_EQ(after->edges_size(), 1);
  EXPECT_EQ(after->grants_size(), 1);
  EXPECT_EQ(after->correlation_id(), "C-1");
  EXPECT_EQ(after->channel(), common::v1::OWN_MARKETING);
  EXPECT_THAT(after->labels(), ElementsAre(Pair("team", "north \"1\", {2}")));
  EXPECT_EQ(ReasonOf(Read(kNorthwind, Bert()).status()), common::v1::RESOURCE_NOT_FOUND);
}

TEST_F(ImportCustomersTest, OnlyTheRelationshipIfThatIsWanted) {
  Request::Row row = Row("northwind");
  row.set_relationship_only(true);
  ASSERT_TRUE(Import(Chunk({row, Row("tailspin")})).ok());
  Settle();
  EXPECT_THAT(ListOf(kContoso), SizeIs(2));
  EXPECT_EQ(database_.Value("SELECT string_agg(customer, ' ') FROM relationship.grants"),
            kTailspin);
}

TEST_F(ImportCustomersTest, APartnerThatOnlyProvidesGetsProvidersRelationshipsAndNoGrants) {
  database_.Run("UPDATE relationship.partners SET types = '{PROVIDER}'");
  ASSERT_TRUE(Import(Chunk(Rows(3))).ok());
  Settle();
  EXPECT_EQ(database_.Value("SELECT count(*) FROM relationship.relationships"
                            " WHERE type = 'PROVIDER'"),
            "3");
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants"), 0);
  EXPECT_THAT(ListOf(kContoso), SizeIs(3));
}

TEST_F(ImportCustomersTest, ABadRowRefusesItselfOnly) {
  ASSERT_TRUE(Import(Chunk({Row("taken")}, 0, "bert", kFabrikam), Bert()).ok());
  Request::Row bad = Row("bad");
  bad.mutable_customer()->set_country("pl");
  bad.mutable_customer()->clear_display_name();
  const auto answer =
      Import(Chunk({Row("first"), bad, Row("taken"), Row("contoso"), Row("first"), Row("last")}));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->committed_position(), 6);
  EXPECT_EQ(answer->accepted(), 2);
  EXPECT_THAT(
      Reasons(*answer),
      ElementsAre(Pair(1, common::v1::FIELD_INVALID), Pair(2, common::v1::CUSTOMER_EXISTS),
                  Pair(3, common::v1::SELF_RELATIONSHIP), Pair(4, common::v1::CUSTOMER_EXISTS)));
  EXPECT_THAT(answer->rejected(0).SerializeAsString(),
              testing::AllOf(HasSubstr("customer.country"), HasSubstr("customer.display_name")));
  Settle();
  EXPECT_THAT(ListOf(kContoso), UnorderedElementsAre("customers/first", "customers/last"));
  EXPECT_EQ(ReasonOf(Read("customers/taken", Anna()).status()), common::v1::RESOURCE_NOT_FOUND);
}

TEST_F(ImportCustomersTest, InAnotherRegionARowIsRefused) {
  const auth::testing::TemporaryFolder folder;
  const auto regions = region::Regions::FromFile(folder.Write("regions", "PL EU\nDE EU\nUS US\n"));
  ASSERT_TRUE(regions.ok()) << regions.status();
  const directory::Deps deps{directory_pool_, directory_work_, page_tokens_, *regions};
  Request::Row near = Row("near"), far = Row("far");
  near.mutable_customer()->set_country("DE");
  far.mutable_customer()->set_country("US");
  const TestCall call = DirectoryCall("ImportCustomers", Anna());
  const auto answer = directory::imports::ImportCustomers(call.context, deps, Chunk({far, near}));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(Reasons(*answer), ElementsAre(Pair(0, common::v1::REGION)));
}

TEST_F(ImportCustomersTest, TheSameCompaniesUnderAnotherImportAreRefused) {
  Request::Row known_by_its_number = Row("");
  known_by_its_number.mutable_customer()->set_correlation_id("C-1");
  const std::vector<Request::Row> rows = {Row("northwind"), known_by_its_number};
  ASSERT_EQ(Import(Chunk(rows))->accepted(), 2);
  Settle();
  const auto again = Import(Chunk(rows, 0, "file-2"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_THAT(Reasons(*again), ElementsAre(Pair(0, common::v1::CUSTOMER_EXISTS),
                                           Pair(1, common::v1::CUSTOMER_EXISTS)));
  EXPECT_EQ(Customers(), 2);
  // Another partner has numbers of its own.
  EXPECT_EQ(Import(Chunk({known_by_its_number}, 0, "file-1", kFabrikam), Bert())->accepted(), 1);
}

TEST_F(ImportCustomersTest, ACustomerThatLeftTheListKeepsNoRowOutByItsCorrelationId) {
  Request::Row row = Row("");
  row.mutable_customer()->set_correlation_id("C-1");
  ASSERT_EQ(Import(Chunk({row}))->accepted(), 1);
  EXPECT_EQ(Import(Chunk({row}, 0, "file-2"))->accepted(), 0) << "on its way to the list";
  Settle();
  EXPECT_EQ(Import(Chunk({row}, 0, "file-3"))->accepted(), 0) << "in the list";
  ASSERT_TRUE(Remove(support::RemovalOf(database_.Value(
                         "SELECT 'relationships/' || id FROM relationship.relationships")),
                     Anna())
                  .ok());
  Settle();
  ASSERT_THAT(ListOf(kContoso), IsEmpty());
  EXPECT_EQ(Import(Chunk({row}, 0, "file-4"))->accepted(), 1) << "no longer";
}

TEST_F(ImportCustomersTest, ARowThatIsNotTakenKeepsNoOtherOut) {
  ASSERT_EQ(Import(Chunk({Row("taken")}, 0, "bert", kFabrikam), Bert())->accepted(), 1);
  Request::Row named = Row("taken"), without = Row("");
  named.mutable_customer()->set_correlation_id("C-1");
  without.mutable_customer()->set_correlation_id("C-1");
  const auto answer = Import(Chunk({named, without, without}));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_THAT(Reasons(*answer), ElementsAre(Pair(0, common::v1::CUSTOMER_EXISTS),
                                            Pair(2, common::v1::CUSTOMER_EXISTS)));
  EXPECT_EQ(database_.Value("SELECT string_agg(correlation_id, ' ')"
                            " FROM directory.partner_customers WHERE partner = 'partners/contoso'"),
            "C-1");
}

TEST_F(ImportCustomersTest, ADomainIsAClaimAndKeepsNoOtherCompanyOut) {
  Request::Row first = Row("northwind"), second = Row("tailspin");
  first.mutable_customer()->add_domains()->set_name("shared.example");
  second.mutable_customer()->add_domains()->set_name("shared.example");
  second.mutable_customer()->mutable_domains(0)->set_verified(true);
  EXPECT_EQ(Import(Chunk({first, second}))->accepted(), 2);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.domains WHERE NOT verified"), 2);
}

TEST_F(ImportCustomersTest, ASuspendedPartnerAndOneThatIsNotEnrolledAreRefused) {
  EXPECT_EQ(ReasonOf(Import(Chunk(Rows(1), 0, "file-1", "partners/nobody"),
                            PrincipalOf("partners/nobody", {"admin_agent"}))
                         .status()),
            common::v1::PARTNER_SUSPENDED);
  Suspend(kContoso);
  EXPECT_EQ(ReasonOf(Import(Chunk(Rows(1))).status()), common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(Customers(), 0);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.imports"), 0);
}

TEST_F(ImportCustomersTest, EachCustomerHasItsAuditAndItsEventsUnderOneRoot) {
  NewEvents();
  const TestCall call = DirectoryCall("ImportCustomers", Anna());
  const auto answer =
      directory::imports::ImportCustomers(call.context, directory_deps_, Chunk(Rows(2)));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_FALSE(answer->consistency_token().empty());
  EXPECT_THAT(NewEvents(), UnorderedElementsAre("customers.imported partners/contoso",
                                                "customer.created customers/customer-0",
                                                "customer.created customers/customer-1",
                                                "created_customers.ordered partners/contoso"));
  Settle();
  EXPECT_THAT(
      NewEvents(),
      UnorderedElementsAre("relationship.established partners/contoso",
                           "relationship.established partners/contoso",
                           "grant.activated partners/contoso", "grant.activated partners/contoso",
                           "relationships.established customers/customer-0",
                           "relationships.established customers/customer-1",
                           "created_customers.established partners/contoso",
                           "customer.listed partners/contoso", "customer.listed partners/contoso"));
  EXPECT_EQ(database_.Value("SELECT string_agg(DISTINCT root::text, ' ') FROM common.outbox"),
            call.outcome.root_event);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox"),
            database_.Count("SELECT count(*) FROM common.audit_entries"));
}

TEST_F(ImportCustomersTest, WhatItsCreatorKeepsIsInTheCreatorsAuditAlone) {
  ASSERT_TRUE(Import(Chunk({Whole("northwind")})).ok());
  Settle();
  EXPECT_EQ(database_.Value("SELECT string_agg(DISTINCT account, ' ') FROM common.audit_entries"
                            " WHERE after -> 'labels' ? 'team'"),
            kContoso);
}

TEST_F(ImportCustomersTest, ACustomerThatSomebodyServesAlreadyGivesItsCreatorNothing) {
  // Relationship knows of it; Directory has not heard yet.
  database_.Run(R"sql(
      INSERT INTO relationship.relationships (partner, type, customer, state, origin, source)
      VALUES ('partners/fabrikam', 'RESELLER', 'customers/northwind', 'ACTIVE', 'INVITATION', 'x'))sql");
  ASSERT_TRUE(Import(Chunk({Row("northwind"), Row("tailspin")})).ok());
  Settle();
  EXPECT_THAT(ListOf(kContoso), ElementsAre(kTailspin));
  EXPECT_EQ(database_.Value("SELECT string_agg(customer, ' ') FROM relationship.grants"),
            kTailspin);
  EXPECT_EQ(database_.Value("SELECT after -> 'edges' -> 0 ->> 'reason' FROM common.audit_entries"
                            " WHERE account = 'customers/northwind' AND service = 'relationship'"),
            "CUSTOMER_EXISTS");
}

TEST_F(ImportCustomersTest, WhatRelationshipRefusesIsGoneAgainAndKeepsNoRowOut) {
  Request::Row row = Whole("northwind");
  ASSERT_TRUE(Import(Chunk({row, Row("tailspin", "Tailspin")})).ok());
  // Between the commit and its delivery.
  database_.Run(
      "UPDATE relationship.partners SET state = 'SUSPENDED' WHERE name = 'partners/contoso'");
  Settle();
  for (const char* table : {"customers", "domains", "users", "partner_customers"}) {
    EXPECT_EQ(database_.Count(absl::StrCat("SELECT count(*) FROM directory.", table)), 0) << table;
  }
  EXPECT_EQ(database_.Value("SELECT string_agg(resource || ' ' || cause, ' ' ORDER BY resource)"
                            " FROM common.audit_entries WHERE method = 'job/refused_creations'"),
            "customers/northwind PARTNER_SUSPENDED customers/tailspin PARTNER_SUSPENDED");
  database_.Run("UPDATE relationship.partners SET state = 'ACTIVE'");
  row.mutable_customer()->clear_name();
  const auto again = Import(Chunk({row}, 0, "another"));
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->accepted(), 1) << "its correlation id is free";
}

TEST_F(ImportCustomersTest, AWholeChunkOfAThousandArrives) {
  const auto answer = Import(Chunk(Rows(1000)));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->accepted(), 1000);
  Settle();
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.partner_customers WHERE listed"), 1000);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants WHERE state = 'ACTIVE'"),
            1000);
  EXPECT_EQ(database_.Count("SELECT count(DISTINCT payload) FROM common.outbox"
                            " WHERE target IS NOT NULL"),
            8)
      << "four to each service";
}

}  // namespace
}  // namespace partnerlink::import_customers_test
