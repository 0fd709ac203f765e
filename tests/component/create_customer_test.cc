// CreateCustomer: what it does, refuses and leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/auth/testing/temporary_folder.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "tests/component/relationship_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::create_customer_test {
namespace {

using directory::v1::CreateCustomerRequest;
using directory::v1::Customer;
using support::Anna;
using support::Bert;
using support::DirectoryCall;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::PrincipalOf;
using support::RemovalOf;
using support::TestCall;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;
using testing::UnorderedElementsAre;

class CreateCustomerTest : public support::RelationshipTest {
 protected:
  // The shape's check included.
  absl::StatusOr<Customer> CreateCustomer(const CreateCustomerRequest& request,
                                          const Principal& creator = Anna()) {
    PARTNERLINK_RETURN_IF_ERROR(directory::customers::ValidateCreateCustomer(request));
    const TestCall call = DirectoryCall("CreateCustomer", creator);
    return directory::customers::CreateCustomer(call.context, directory_deps_, request);
  }

  static CreateCustomerRequest Northwind() {
    CreateCustomerRequest request;
    request.set_customer_id("northwind");
    request.mutable_customer()->set_display_name("Northwind");
    request.mutable_customer()->set_country("PL");
    request.mutable_initial_admin()->set_user_principal_name("carl@northwind.example");
    return request;
  }

  // What the service owes each other until nothing is owed any more.
  void Settle() {
    TellRelationship();
    TellDirectory();
  }
};

TEST_F(CreateCustomerTest, RelationshipAndDefaultGrantFollow) {
  CreateCustomerRequest request = Northwind();
  Customer& wish = *request.mutable_customer();
  wish.add_domains()->set_name("Northwind.Example");
  wish.mutable_contact()->set_display_name("Carl");
  wish.set_registration_number("PL 123");
  wish.set_channel(common::v1::OWN_MARKETING);
  wish.set_correlation_id("C-1");
  (*wish.mutable_labels())["team"] = "north";
  const auto created = CreateCustomer(request);
  ASSERT_TRUE(created.ok()) << created.status();
  EXPECT_EQ(created->name(), kNorthwind);
  Settle();
  EXPECT_THAT(ListOf(kContoso), ElementsAre(kNorthwind));
  EXPECT_THAT(ListOf(kFabrikam), IsEmpty());
  const auto read = Read(kNorthwind, Anna());
  ASSERT_TRUE(read.ok()) << read.status();
  ASSERT_EQ(read->edges_size(), 1);
  EXPECT_EQ(read->edges(0).type(), relationship::v1::Relationship::RESELLER);
  EXPECT_EQ(read->edges(0).state(), relationship::v1::Relationship::ACTIVE);
  EXPECT_EQ(read->grants_size(), 1);
  ASSERT_EQ(read->domains_size(), 1);
  EXPECT_EQ(read->domains(0).name(), "northwind.example");
  EXPECT_FALSE(read->domains(0).verified());
  EXPECT_EQ(read->contact().display_name(), "Carl");
  EXPECT_EQ(read->registration_number(), "PL 123");
  EXPECT_EQ(read->channel(), common::v1::OWN_MARKETING);
  EXPECT_EQ(read->correlation_id(), "C-1");
  EXPECT_THAT(read->labels(), UnorderedElementsAre(Pair("team", "north")));
  EXPECT_EQ(database_.Value("SELECT origin FROM relationship.relationships"), "CREATED");
  EXPECT_EQ(database_.Value("SELECT roles::text || duration_days || ' ' || auto_extend"
                            " FROM relationship.grants"),
            "{user_admin,license_admin,service_admin,subscription_admin,directory_reader}730 0");
}

TEST_F(CreateCustomerTest, ACustomerThatSomebodyServesAlreadyGivesItsCreatorNothing) {
  // Relationship knows of it; Directory has not heard yet.
  database_.Run(R"sql(
      INSERT INTO relationship.relationships (partner, type, customer, state, origin, source)
      VALUES ('partners/fabrikam', 'RESELLER', 'customers/northwind', 'ACTIVE', 'INVITATION', 'x'))sql");
  ASSERT_TRUE(CreateCustomer(Northwind()).ok());
  TellRelationship();
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships"), 1);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants"), 0);
  EXPECT_THAT(ListOf(kContoso), IsEmpty());
}

TEST_F(CreateCustomerTest, WhatRelationshipRefusesIsGoneAgain) {
  ASSERT_TRUE(CreateCustomer(Northwind()).ok());
  // Between the commit and its delivery.
  database_.Run(
      "UPDATE relationship.partners SET state = 'SUSPENDED' WHERE name = 'partners/contoso'");
  TellRelationship();
  for (const char* table : {"customers", "domains", "users", "partner_customers"}) {
    EXPECT_EQ(database_.Count(absl::StrCat("SELECT count(*) FROM directory.", table)), 0) << table;
  }
  EXPECT_EQ(database_.Value("SELECT concat_ws(' ', account, resource, cause, after IS NULL)"
                            " FROM common.audit_entries WHERE method = 'job/refused_creations'"),
            "partners/contoso customers/northwind PARTNER_SUSPENDED t");
  EXPECT_EQ(database_.Value("SELECT account FROM common.outbox WHERE event = 'customer.refused'"),
            "partners/contoso");
  database_.Run("UPDATE relationship.partners SET state = 'ACTIVE'");
  ASSERT_TRUE(CreateCustomer(Northwind()).ok()) << "the id is free";
}

// Relationship has the acceptance; what it owes Directory comes before the refusal, or behind it.
TEST_F(CreateCustomerTest, BesideAnAcceptanceItsCreatorKeepsNothingOfIt) {
  for (const bool is_told_first : {true, false}) {
    const std::string id = is_told_first ? "northwind" : "tailspin";
    const std::string name = absl::StrCat("customers/", id);
    CreateCustomerRequest request = Northwind();
    request.set_customer_id(id);
    (*request.mutable_customer()->mutable_labels())["team"] = "north";
    ASSERT_TRUE(Establish(support::AcceptedBy(name, kFabrikam, id)).ok());
    ASSERT_TRUE(CreateCustomer(request).ok());
    if (is_told_first) TellDirectory();
    TellRelationship();
    TellDirectory();
    EXPECT_THAT(ListOf(kFabrikam), testing::Contains(name));
    EXPECT_THAT(ListOf(kContoso), IsEmpty());
    EXPECT_FALSE(Read(name, Anna()).ok());
    EXPECT_EQ(database_.Count(absl::StrCat(
                  "SELECT count(*) FROM directory.users WHERE customer = '", name, "'")),
              0);
    EXPECT_EQ(database_.Value(absl::StrCat("SELECT creator || (SELECT string_agg(partner, ' ') FROM"
                                           " directory.partner_customers WHERE customer = name)"
                                           " FROM directory.customers WHERE name = '",
                                           name, "'")),
              "partners/fabrikam");
  }
}

TEST_F(CreateCustomerTest, ItsFirstAdministratorIsThere) {
  ASSERT_TRUE(CreateCustomer(Northwind()).ok());
  EXPECT_EQ(database_.Value("SELECT concat_ws(' ', customer, user_principal_name, roles)"
                            " FROM directory.users"),
            "customers/northwind carl@northwind.example {global_admin}");
}

TEST_F(CreateCustomerTest, ItsCreatorSeesItAtOnceAndNobodyElseDoes) {
  ASSERT_TRUE(CreateCustomer(Northwind()).ok());
  EXPECT_TRUE(Read(kNorthwind, support::Customer("northwind")).ok());
  const absl::Status nobodys = Read("customers/nobody", Bert()).status();
  for (int i = 0; i < 2; ++i) {
    const absl::Status others = Read(kNorthwind, Bert()).status();
    EXPECT_EQ(ToRpcStatus(others).SerializeAsString(), ToRpcStatus(nobodys).SerializeAsString());
    Settle();
  }
  EXPECT_TRUE(Read(kNorthwind, Anna()).ok());
}

TEST_F(CreateCustomerTest, OnlyTheRelationshipIfThatIsWanted) {
  CreateCustomerRequest request = Northwind();
  request.set_relationship_only(true);
  ASSERT_TRUE(CreateCustomer(request).ok());
  Settle();
  EXPECT_THAT(ListOf(kContoso), ElementsAre(kNorthwind));
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants"), 0);
}

TEST_F(CreateCustomerTest, APartnerThatOnlyProvidesGetsAProvidersRelationshipAndNoGrant) {
  database_.Run("UPDATE relationship.partners SET types = '{PROVIDER}'");
  ASSERT_TRUE(CreateCustomer(Northwind()).ok());
  Settle();
  EXPECT_EQ(database_.Value("SELECT type FROM relationship.relationships"), "PROVIDER");
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants"), 0);
}

TEST_F(CreateCustomerTest, WithoutAnIdTheServerMakesOne) {
  CreateCustomerRequest request = Northwind();
  request.clear_customer_id();
  const auto first = CreateCustomer(request);
  const auto second = CreateCustomer(request);
  ASSERT_TRUE(first.ok() && second.ok()) << first.status() << second.status();
  EXPECT_NE(first->name(), second->name());
  EXPECT_THAT(first->name(), testing::MatchesRegex("customers/[0-9a-f]{8}-[0-9a-f]{4}-7.*"));
}

TEST_F(CreateCustomerTest, EachRefusalChangesNothing) {
  CreateCustomerRequest taken = Northwind();
  taken.set_customer_id("taken");
  ASSERT_TRUE(CreateCustomer(taken, Bert()).ok());
  CreateCustomerRequest self = Northwind();
  self.set_customer_id("contoso");
  const std::string before = WholeDatabase();
  EXPECT_EQ(ReasonOf(CreateCustomer(taken).status()), common::v1::CUSTOMER_EXISTS);
  EXPECT_EQ(ReasonOf(CreateCustomer(taken, Bert()).status()), common::v1::CUSTOMER_EXISTS);
  EXPECT_EQ(ReasonOf(CreateCustomer(self).status()), common::v1::SELF_RELATIONSHIP);
  EXPECT_EQ(
      ReasonOf(
          CreateCustomer(Northwind(), PrincipalOf("partners/nobody", {"admin_agent"})).status()),
      common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(WholeDatabase(), before);
  Suspend(kContoso);
  EXPECT_EQ(ReasonOf(CreateCustomer(Northwind()).status()), common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.customers"), 1);
}

TEST_F(CreateCustomerTest, InAnotherRegionItIsRefused) {
  const auth::testing::TemporaryFolder folder;
  const auto regions = region::Regions::FromFile(folder.Write("regions", "PL EU\nDE EU\nUS US\n"));
  ASSERT_TRUE(regions.ok()) << regions.status();
  const directory::Deps deps{directory_pool_, directory_work_, page_tokens_, *regions};
  for (const auto& [country, fits] : {std::pair("US", false), std::pair("DE", true)}) {
    CreateCustomerRequest request = Northwind();
    request.mutable_customer()->set_country(country);
    const TestCall call = DirectoryCall("CreateCustomer", Anna());
    const auto created = directory::customers::CreateCustomer(call.context, deps, request);
    EXPECT_EQ(created.ok(), fits) << country;
    EXPECT_EQ(ReasonOf(created.status()), fits ? std::nullopt : std::optional(common::v1::REGION));
  }
}

TEST_F(CreateCustomerTest, ABadShapeIsRefusedWithEveryField) {
  CreateCustomerRequest request;
  request.set_customer_id("-");
  request.mutable_customer()->set_country("pl");
  request.mutable_customer()->set_channel(static_cast<common::v1::Channel>(99));
  (*request.mutable_customer()->mutable_labels())["No such key"] = "x";
  request.set_request_id("1");
  const absl::Status status = CreateCustomer(request).status();
  EXPECT_EQ(ReasonOf(status), common::v1::FIELD_INVALID);
  const std::string answer = ToRpcStatus(status).SerializeAsString();
  for (const char* field : {"customer_id", "customer.display_name", "customer.country",
                            "customer.channel", "customer.labels", "initial_admin", "request_id"}) {
    EXPECT_THAT(answer, HasSubstr(field));
  }
  request = Northwind();
  request.mutable_initial_admin()->set_user_principal_name("carl");
  EXPECT_THAT(ToRpcStatus(CreateCustomer(request).status()).SerializeAsString(),
              HasSubstr("initial_admin.user_principal_name"));
}

TEST_F(CreateCustomerTest, ToValidateChangesNothing) {
  CreateCustomerRequest request = Northwind();
  request.set_validate_only(true);
  request.set_request_id(NewUuid());
  const std::string before = WholeDatabase();
  const auto validated = CreateCustomer(request);
  ASSERT_TRUE(validated.ok()) << validated.status();
  EXPECT_EQ(validated->display_name(), "Northwind");
  EXPECT_EQ(WholeDatabase(), before);
  request.set_customer_id("contoso");
  EXPECT_EQ(ReasonOf(CreateCustomer(request).status()), common::v1::SELF_RELATIONSHIP);
}

TEST_F(CreateCustomerTest, ARehearsalTellsOfNobodyElsesCustomer) {
  ASSERT_TRUE(CreateCustomer(Northwind(), Bert()).ok());
  const auto rehearsed = [&](const std::string& id, const Principal& creator) {
    CreateCustomerRequest request = Northwind();
    request.set_customer_id(id);
    request.set_validate_only(true);
    auto answer = CreateCustomer(request, creator);
    if (answer.ok()) {
      EXPECT_EQ(answer->name(), absl::StrCat("customers/", id));
      answer->clear_name();
      answer->clear_create_time();
      answer->clear_update_time();
    }
    return answer;
  };
  const auto foreign = rehearsed("northwind", Anna());
  const auto free = rehearsed("nobody", Anna());
  ASSERT_TRUE(foreign.ok()) << foreign.status();
  ASSERT_TRUE(free.ok()) << free.status();
  EXPECT_EQ(foreign->DebugString(), free->DebugString());
  EXPECT_EQ(ReasonOf(rehearsed("northwind", Bert()).status()), common::v1::CUSTOMER_EXISTS);
  EXPECT_EQ(ReasonOf(CreateCustomer(Northwind()).status()), common::v1::CUSTOMER_EXISTS)
      << "in earnest it is said";
}

TEST_F(CreateCustomerTest, ARepeatedRequestIdGetsTheSameAnswerAndHasOneEffect) {
  CreateCustomerRequest request = Northwind();
  request.clear_customer_id();
  request.set_request_id(NewUuid());
  const auto first = CreateCustomer(request);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string before = WholeDatabase();
  EXPECT_EQ(CreateCustomer(request)->SerializeAsString(), first->SerializeAsString());
  request.set_relationship_only(true);
  EXPECT_EQ(ReasonOf(CreateCustomer(request).status()), common::v1::REQUEST_ID_REUSED);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(CreateCustomerTest, LeavesOneAuditRowAndOneEventAndThenOnesOfTheSameChain) {
  NewEvents();
  const int audited = AuditRows();
  const TestCall call = DirectoryCall("CreateCustomer", Anna());
  ASSERT_TRUE(
      directory::customers::CreateCustomer(call.context, directory_deps_, Northwind()).ok());
  EXPECT_THAT(NewEvents(), ElementsAre("customer.created customers/northwind"));
  EXPECT_EQ(AuditRows() - audited, 1);
  Settle();
  EXPECT_THAT(NewEvents(), ElementsAre("relationship.established partners/contoso",
                                       "grant.activated partners/contoso",
                                       "relationships.established customers/northwind",
                                       "customer.listed partners/contoso"));
  EXPECT_EQ(database_.Value("SELECT string_agg(DISTINCT root::text, ' ') FROM common.outbox"),
            call.outcome.root_event);
  EXPECT_EQ(database_.Value("SELECT string_agg(DISTINCT on_behalf_of || ' ' || actor, ' ')"
                            " FROM common.audit_entries WHERE service = 'relationship'"),
            "partners/contoso anna");
}

TEST_F(CreateCustomerTest, WhatItsCreatorKeepsIsInTheCreatorsAuditAlone) {
  CreateCustomerRequest request = Northwind();
  (*request.mutable_customer()->mutable_labels())["team"] = "north";
  ASSERT_TRUE(CreateCustomer(request).ok());
  Settle();
  EXPECT_EQ(database_.Value("SELECT string_agg(DISTINCT account, ' ') FROM common.audit_entries"
                            " WHERE after -> 'labels' ->> 'team' = 'north'"),
            kContoso);
}

// The id in the token would otherwise be the first one's to take.
TEST_F(CreateCustomerTest, OfTwoThatRaceForAnIdOneGetsIt) {
  for (int round = 0; round < 8; ++round) {
    CreateCustomerRequest request = Northwind();
    request.set_customer_id(absl::StrCat("customer-", round));
    std::atomic<int> created = 0;
    std::atomic<int> exists = 0;
    support::Race(8, [&](int racer) {
      const auto answer = CreateCustomer(request, racer % 2 == 0 ? Anna() : Bert());
      if (answer.ok()) ++created;
      if (ReasonOf(answer.status()) == common::v1::CUSTOMER_EXISTS) ++exists;
    });
    EXPECT_EQ(created, 1);
    EXPECT_EQ(exists, 7);
  }
  Settle();
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.relationships"), 8);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.partner_customers WHERE listed"), 8);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM directory.users"), 8);
}

TEST_F(CreateCustomerTest, ItsCreatorLosesSightOfItWithRelationshipAndGrant) {
  ASSERT_TRUE(CreateCustomer(Northwind()).ok());
  Settle();
  const std::string relationship =
      database_.Value("SELECT 'relationships/' || id FROM relationship.relationships");
  ASSERT_TRUE(Remove(RemovalOf(relationship), Anna()).ok());
  TellDirectory();
  EXPECT_THAT(ListOf(kContoso), IsEmpty());
  EXPECT_TRUE(Read(kNorthwind, Anna()).ok()) << "by the kept grant";
  database_.Run("UPDATE relationship.grants SET state = 'TERMINATED'");
  EXPECT_EQ(ReasonOf(Read(kNorthwind, Anna()).status()), common::v1::RESOURCE_NOT_FOUND);
}

}  // namespace
}  // namespace partnerlink::create_customer_test
