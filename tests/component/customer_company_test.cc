// CheckCustomerExists and UpdateCustomer: what each tells, changes, refuses and leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "tests/component/held_transaction.h"
#include "tests/component/relationship_fixture.h"
#include "tests/component/work_trace.h"
#include "tests/support/race.h"

namespace partnerlink::customer_company_test {
namespace {

using directory::v1::CheckCustomerExistsRequest;
using directory::v1::CheckCustomerExistsResponse;
using directory::v1::Customer;
using directory::v1::UpdateCustomerRequest;
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

constexpr char kProvider[] = "partners/tailwind";

class CheckCustomerExistsTest : public support::RelationshipTest {
 protected:
  absl::StatusOr<CheckCustomerExistsResponse> Check(const CheckCustomerExistsRequest& request,
                                                    const Principal& caller = Anna()) {
    PARTNERLINK_RETURN_IF_ERROR(directory::customers::ValidateCheckCustomerExists(request));
    const TestCall call = DirectoryCall("CheckCustomerExists", caller);
    return directory::customers::CheckCustomerExists(call.context, directory_deps_, request);
  }
  std::string Existence(const CheckCustomerExistsRequest& request,
                        const Principal& caller = Anna()) {
    const auto response = Check(request, caller);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? CheckCustomerExistsResponse::Existence_Name(response->existence()) : "";
  }

  static CheckCustomerExistsRequest Account(const std::string& name) {
    CheckCustomerExistsRequest request;
    request.set_customer(name);
    return request;
  }
  static CheckCustomerExistsRequest Domain(const std::string& domain) {
    CheckCustomerExistsRequest request;
    request.set_domain(domain);
    return request;
  }
  static CheckCustomerExistsRequest Number(const std::string& number,
                                           const std::string& country = "") {
    CheckCustomerExistsRequest request;
    request.set_registration_number(number);
    request.set_country(country);
    return request;
  }

  // With a domain and a number; answers the relationship.
  std::string Add(const std::string& customer, const std::string& partner,
                  const std::string& domain, const std::string& number) {
    auto request = support::AcceptedBy(customer, partner, NewUuid());
    request.mutable_company()->add_domains(domain);
    request.mutable_company()->set_registration_number(number);
    const auto response = Establish(request);
    EXPECT_TRUE(response.ok()) << response.status();
    TellDirectory();
    return response.ok() ? response->edges(0).relationship() : "";
  }
};

TEST_F(CheckCustomerExistsTest, OnesOwnIsFoundByAccountDomainAndNumber) {
  Add(kNorthwind, kContoso, "xn--ta-4ja03asj.example", "KRS 0000.12-3");
  for (const auto& request :
       {Account(kNorthwind), Domain("Żółta.example"), Domain("XN--ta-4ja03asj.example"),
        Number("KRS 0000.12-3"), Number("krs0000123"), Number("KRS 0000123", "PL")}) {
    EXPECT_EQ(Existence(request), "YOURS") << request.DebugString();
    EXPECT_EQ(Existence(request, Bert()), "UNKNOWN") << request.DebugString();
  }
  EXPECT_EQ(Existence(Number("KRS 0000123", "DE")), "UNKNOWN");
  EXPECT_EQ(Existence(Number("-")), "UNKNOWN") << "as if it had none";
}

TEST_F(CheckCustomerExistsTest, OnesOwnIsFoundBeforeItsRelationshipHasCome) {
  directory::v1::CreateCustomerRequest request;
  request.set_customer_id("northwind");
  request.mutable_customer()->set_display_name("Northwind");
  request.mutable_customer()->set_country("PL");
  request.mutable_customer()->add_domains()->set_name("acme.example");
  request.mutable_initial_admin()->set_user_principal_name("carl@acme.example");
  const TestCall call = DirectoryCall("CreateCustomer", Anna());
  ASSERT_TRUE(directory::customers::CreateCustomer(call.context, directory_deps_, request).ok());
  EXPECT_EQ(Existence(Account(kNorthwind)), "YOURS");
  EXPECT_EQ(Existence(Domain("acme.example")), "YOURS");
  EXPECT_EQ(Existence(Account(kNorthwind), Bert()), "UNKNOWN");
}

TEST_F(CheckCustomerExistsTest, WhatAGrantShowsIsOnesOwnUntilItEnds) {
  const std::string relationship = Add(kNorthwind, kContoso, "acme.example", "1");
  ASSERT_TRUE(Remove(RemovalOf(relationship), Anna()).ok());
  TellDirectory();
  EXPECT_EQ(Existence(Domain("acme.example")), "YOURS");
  database_.Run(
      "SET session_replication_role = replica;"
      " UPDATE relationship.grants SET start_time = now() - interval '9 days', end_time = now(),"
      " auto_extend = 0");
  EXPECT_EQ(Existence(Domain("acme.example")), "UNKNOWN");
}

TEST_F(CheckCustomerExistsTest,
       APartnersCustomerIsSaidToBeOneOnBothSidesWhileThePartnershipIsActive) {
  PartnerUp(kProvider, kContoso);
  const Principal provider = PrincipalOf(kProvider, {"sales_agent"});
  const std::string relationship = Add(kNorthwind, kContoso, "acme.example", "1");
  Add(kTailspin, kProvider, "tailspin.example", "2");
  EXPECT_EQ(Existence(Domain("acme.example"), provider), "VIA_PARTNER");
  EXPECT_EQ(Existence(Domain("tailspin.example")), "VIA_PARTNER");
  EXPECT_EQ(Existence(Domain("acme.example"), Bert()), "UNKNOWN");
  EXPECT_EQ(Existence(Domain("acme.example")), "YOURS");
  database_.Run("UPDATE relationship.partnerships SET state = 'SUSPENDED'");
  EXPECT_EQ(Existence(Domain("acme.example"), provider), "UNKNOWN");
  database_.Run("UPDATE relationship.partnerships SET state = 'ACTIVE'");
  ASSERT_TRUE(Remove(RemovalOf(relationship), Anna()).ok());
  TellDirectory();
  EXPECT_EQ(Existence(Domain("acme.example"), provider), "UNKNOWN") << "a grant is no relationship";
}

TEST_F(CheckCustomerExistsTest, SomebodyElsesCostsAndTellsWhatNobodysDoes) {
  Add(kNorthwind, kFabrikam, "acme.example", "1");
  Add(kTailspin, kContoso, "tailspin.example", "2");
  const auto traced = [&](const CheckCustomerExistsRequest& request) {
    const support::WorkTrace trace;
    std::string answer = Check(request)->SerializeAsString();
    return std::make_pair(answer, trace.steps());
  };
  for (const auto& [foreign, nobodys, own] :
       {std::tuple(Account(kNorthwind), Account("customers/nobody"), Account(kTailspin)),
        std::tuple(Domain("acme.example"), Domain("nobody.example"), Domain("tailspin.example")),
        std::tuple(Number("1"), Number("3"), Number("2"))}) {
    traced(nobodys);  // what is prepared once
    EXPECT_EQ(traced(foreign), traced(nobodys)) << foreign.DebugString();
    EXPECT_NE(traced(own), traced(nobodys)) << "the comparison finds a difference";
  }
}

TEST_F(CheckCustomerExistsTest, ASuspendedPartnerIsRefused) {
  Suspend(kContoso);
  EXPECT_EQ(ReasonOf(Check(Account(kNorthwind)).status()), common::v1::PARTNER_SUSPENDED);
}

TEST_F(CheckCustomerExistsTest, ABadKeyIsRefused) {
  CheckCustomerExistsRequest with_country = Domain("acme.example");
  with_country.set_country("PL");
  for (const auto& request :
       {CheckCustomerExistsRequest(), Account("partners/contoso"), Account(""), Domain("acme"),
        Number(""), Number(std::string(101, '1')), Number("1", "XX"), with_country}) {
    EXPECT_EQ(ReasonOf(Check(request).status()), common::v1::FIELD_INVALID)
        << request.DebugString();
  }
}

class UpdateCustomerTest : public support::RelationshipTest {
 protected:
  UpdateCustomerTest() {
    relationship_ = Relate(kNorthwind, kContoso);
    Relate(kNorthwind, kFabrikam);
    database_.Run(
        "INSERT INTO directory.domains (customer, name, verified) VALUES"
        " ('customers/northwind', 'claimed.example', false),"
        " ('customers/northwind', 'verified.example', true)");
  }

  // The shape's check included.
  absl::StatusOr<Customer> Update(const UpdateCustomerRequest& request,
                                  const Principal& caller = Anna()) {
    PARTNERLINK_RETURN_IF_ERROR(directory::customers::ValidateUpdateCustomer(request));
    const TestCall call = DirectoryCall("UpdateCustomer", caller);
    return directory::customers::UpdateCustomer(call.context, directory_deps_, request);
  }

  static UpdateCustomerRequest Naming(const std::string& display_name) {
    UpdateCustomerRequest request;
    request.mutable_customer()->set_name(kNorthwind);
    request.mutable_customer()->set_display_name(display_name);
    return request;
  }
  static UpdateCustomerRequest WithDomains(
      const std::vector<std::pair<std::string, bool>>& domains) {
    UpdateCustomerRequest request;
    request.mutable_customer()->set_name(kNorthwind);
    for (const auto& [name, verified] : domains) {
      auto& domain = *request.mutable_customer()->add_domains();
      domain.set_name(name);
      domain.set_verified(verified);
    }
    return request;
  }
  static Principal Operator() { return PrincipalOf("operators", {"operator"}, "olga"); }
  static Principal Carl() { return support::Customer("northwind"); }

  std::string Domains() {
    return database_.Value(
        "SELECT string_agg(name || CASE WHEN verified THEN '!' ELSE '' END, ' ' ORDER BY name)"
        " FROM directory.domains WHERE customer = 'customers/northwind'");
  }
  std::string ListedNames() {
    return database_.Value(
        "SELECT string_agg(partner || '=' || display_name || '/' || folded_name, ' '"
        " ORDER BY partner) FROM directory.partner_customers WHERE customer = "
        "'customers/northwind'");
  }

  std::string relationship_;
};

TEST_F(UpdateCustomerTest, TheListsOfAllPartnersFollow) {
  for (const Principal& caller : {Anna(), Carl(), Operator()}) {
    const std::string name = absl::StrCat("Änders ", caller.subject);
    const auto updated = Update(Naming(name), caller);
    ASSERT_TRUE(updated.ok()) << updated.status();
    EXPECT_EQ(updated->display_name(), name);
    EXPECT_EQ(Read(kNorthwind, Bert())->display_name(), name);
    EXPECT_EQ(ListedNames(), absl::StrCat("partners/contoso=", name, "/anders ", caller.subject,
                                          " partners/fabrikam=", name, "/anders ", caller.subject));
  }
}

TEST_F(UpdateCustomerTest, OnlyWritableFieldsChange) {
  UpdateCustomerRequest request = Naming("Northwind Traders");
  Customer& asked = *request.mutable_customer();
  asked.mutable_contact()->set_email_address("Carl@Żółta.example");
  asked.set_registration_number("KRS 1");
  asked.set_country("DE");
  asked.set_channel(common::v1::OTHER);
  asked.set_correlation_id("X");
  (*asked.mutable_labels())["x"] = "y";
  asked.add_grants("partners/contoso/grants/x");
  asked.set_user_count(99);
  asked.mutable_create_time()->set_seconds(1);
  const auto before = Read(kNorthwind, Anna());
  const auto updated = Update(request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->contact().email_address(), "Carl@xn--ta-4ja03asj.example");
  auto after = *Read(kNorthwind, Anna());
  EXPECT_NE(after.etag(), before->etag());
  EXPECT_EQ(after.registration_number(), "KRS 1");
  // With what may change put back it is what it was.
  after.set_display_name(before->display_name());
  after.clear_contact();
  after.clear_registration_number();
  after.set_etag(before->etag());
  *after.mutable_update_time() = before->update_time();
  EXPECT_EQ(after.DebugString(), before->DebugString());
}

TEST_F(UpdateCustomerTest, TheMaskSaysWhatIsWritten) {
  UpdateCustomerRequest request = Naming("");
  request.mutable_customer()->mutable_contact()->set_display_name("Carl");
  request.mutable_customer()->mutable_contact()->set_phone_number("1");
  ASSERT_TRUE(Update(request).ok());
  request.mutable_customer()->mutable_contact()->clear_display_name();
  request.mutable_update_mask()->add_paths("contact.phone_number");
  request.mutable_customer()->mutable_contact()->set_phone_number("2");
  const auto updated = Update(request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->contact().display_name(), "Carl");
  EXPECT_EQ(updated->contact().phone_number(), "2");
  EXPECT_EQ(updated->display_name(), kNorthwind);
  for (const char* path : {"country", "labels", "name", "etag", "edges", "nothing",
                           "domains.verified", "create_time"}) {
    request.mutable_update_mask()->set_paths(0, path);
    EXPECT_EQ(ReasonOf(Update(request).status()), common::v1::FIELD_INVALID) << path;
  }
}

TEST_F(UpdateCustomerTest, WhatIsSoAlreadyLeavesNoTraceAndWhatSaysNothingIsRefused) {
  UpdateCustomerRequest request =
      WithDomains({{"new.example", false}, {"verified.example", false}});
  request.mutable_customer()->set_registration_number("KRS 1");
  const auto first = Update(request);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string before = WholeDatabase();
  const auto again = Update(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->DebugString(), first->DebugString());
  EXPECT_EQ(WholeDatabase(), before);
  EXPECT_EQ(ReasonOf(Update(Naming("")).status()), common::v1::FIELD_INVALID);
}

TEST_F(UpdateCustomerTest, OnlyAnOperatorSaysWhatIsVerified) {
  for (const Principal& caller : {Anna(), Carl()}) {
    ASSERT_TRUE(
        Update(WithDomains({{"verified.example", false}, {"New.Example", true}}), caller).ok());
    EXPECT_EQ(Domains(), "new.example verified.example!");
  }
  const auto updated =
      Update(WithDomains({{"verified.example", false}, {"new.example", true}}), Operator());
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(Domains(), "new.example! verified.example");
}

TEST_F(UpdateCustomerTest, AVerifiedDomainGoesByTheCustomersOrAnOperatorsHandOnly) {
  UpdateCustomerRequest none = Naming("");
  none.clear_update_mask();
  none.mutable_update_mask()->add_paths("domains");
  const std::string before = Domains();
  const absl::Status refused = Update(none, Anna()).status();
  EXPECT_EQ(ReasonOf(refused), common::v1::FIELD_INVALID);
  EXPECT_THAT(refused.message(), ::testing::HasSubstr("verified.example"));
  EXPECT_EQ(Domains(), before);
  ASSERT_TRUE(Update(none, Carl()).ok());
  EXPECT_EQ(Domains(), "");
}

TEST_F(UpdateCustomerTest, ADomainIsVerifiedForOneCustomer) {
  Relate(kTailspin, kContoso);
  UpdateCustomerRequest request = WithDomains({{"verified.example", true}});
  request.mutable_customer()->set_name(kTailspin);
  const std::string before = WholeDatabase();
  const absl::Status refused = Update(request, Operator()).status();
  EXPECT_EQ(ReasonOf(refused), common::v1::DOMAIN_VERIFIED) << refused;
  EXPECT_EQ(WholeDatabase(), before);
  EXPECT_TRUE(Update(request).ok()) << "a claim";
}

TEST_F(UpdateCustomerTest, AmongOperatorsWhoVerifyItAtOnceOneSucceeds) {
  Relate(kTailspin, kContoso);
  std::vector<absl::Status> outcomes(2);
  support::Race(2, [&](int i) {
    UpdateCustomerRequest request = WithDomains({{"raced.example", true}});
    if (i == 1) request.mutable_customer()->set_name(kTailspin);
    outcomes[static_cast<size_t>(i)] = Update(request, Operator()).status();
  });
  EXPECT_NE(outcomes[0].ok(), outcomes[1].ok());
  const absl::Status& refused = outcomes[0].ok() ? outcomes[1] : outcomes[0];
  EXPECT_EQ(ReasonOf(refused), common::v1::DOMAIN_VERIFIED) << refused;
}

TEST_F(UpdateCustomerTest, APartnerNeedsAGrantOfAdministration) {
  database_.Run(
      "SET session_replication_role = replica;"
      " UPDATE relationship.grants SET roles = '{directory_reader}'");
  const std::string before = WholeDatabase();
  EXPECT_EQ(ReasonOf(Update(Naming("x")).status()), common::v1::PERMISSION_MISSING);
  EXPECT_EQ(WholeDatabase(), before);
  database_.Run(
      "SET session_replication_role = replica;"
      " UPDATE relationship.grants SET roles = '{license_admin}'");
  EXPECT_TRUE(Update(Naming("x")).ok());
  ASSERT_TRUE(Remove(RemovalOf(relationship_), Anna()).ok());
  TellDirectory();
  EXPECT_TRUE(Update(Naming("y")).ok()) << "the grant was kept";
}

// While the customer's row is waited for: what is left shows the customer, or does not even that.
TEST_F(UpdateCustomerTest, AGrantThatEndsMeanwhileIsARefusalAndNoFault) {
  for (const bool is_served : {true, false}) {
    if (!is_served) {
      database_.Run(
          "SET session_replication_role = replica;"
          "UPDATE relationship.grants SET state = 'ACTIVE', revision = revision + 1;"
          "DELETE FROM relationship.relationships WHERE partner = 'partners/contoso';"
          "UPDATE directory.edges SET state = 'ENDED' WHERE partner = 'partners/contoso'");
    }
    support::HeldTransaction held(database_);
    held.Run("SELECT FROM directory.customers FOR UPDATE");
    auto changing = std::async(std::launch::async, [&] { return Update(Naming("Other")); });
    EXPECT_TRUE(held.AwaitWaiter());
    held.Run("SET LOCAL session_replication_role = replica");
    held.Run("UPDATE relationship.grants SET state = 'TERMINATED'");
    held.LetGo();
    EXPECT_EQ(ReasonOf(changing.get().status()),
              is_served ? common::v1::PERMISSION_MISSING : common::v1::RESOURCE_NOT_FOUND);
  }
  EXPECT_EQ(database_.Value("SELECT DISTINCT display_name FROM directory.customers"), kNorthwind);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE event = 'customer.updated'"),
            0);
}

TEST_F(UpdateCustomerTest, SomebodyElsesDoesNotExist) {
  Relate(kTailspin, kFabrikam);
  UpdateCustomerRequest request = Naming("x");
  request.mutable_customer()->set_name("customers/nobody");
  const absl::Status nobodys = Update(request).status();
  EXPECT_EQ(ReasonOf(nobodys), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(Update(request, Operator()).status(), nobodys);
  request.mutable_customer()->set_name(kTailspin);
  EXPECT_EQ(Update(request).status(), nobodys);
  EXPECT_EQ(Update(request, Carl()).status(), nobodys);
}

// What the handler refuses first, the policies refuse too.
TEST_F(UpdateCustomerTest, ThePoliciesAdmitNobodyElse) {
  Relate(kTailspin, kFabrikam);
  const std::string rename =
      "UPDATE directory.customers SET display_name = 'x' WHERE name = 'customers/tailspin'"
      " RETURNING 1";
  EXPECT_TRUE(database_.RunAs("directory", kContoso, {rename}).rows.empty());
  EXPECT_EQ(database_.RunAs("directory", kFabrikam, {rename}).rows.size(), 1u) << "a control";
  const std::string verify =
      "INSERT INTO directory.domains (customer, name, verified)"
      " VALUES ('customers/tailspin', 'x.example', ";
  EXPECT_EQ(database_.RunAs("directory", kFabrikam, {verify + "true)"}).sqlstate, "42501");
  EXPECT_EQ(database_.RunAs("directory", kFabrikam, {verify + "false)"}).sqlstate, "");
  EXPECT_EQ(database_.RunAs("directory", kContoso, {verify + "false)"}).sqlstate, "42501");
  const std::string drop =
      "DELETE FROM directory.domains WHERE customer = 'customers/tailspin' RETURNING 1";
  EXPECT_TRUE(database_.RunAs("directory", kContoso, {drop}).rows.empty());
}

TEST_F(UpdateCustomerTest, ASuspendedPartnerIsRefused) {
  Suspend(kContoso);
  EXPECT_EQ(ReasonOf(Update(Naming("x")).status()), common::v1::PARTNER_SUSPENDED);
}

TEST_F(UpdateCustomerTest, AnEtagIsOfTheCustomerAsItsReaderReadsIt) {
  UpdateCustomerRequest request = Naming("One");
  request.mutable_customer()->set_etag(Read(kNorthwind, Anna())->etag());
  const auto updated = Update(request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->etag(), Read(kNorthwind, Anna())->etag());
  const std::string before = WholeDatabase();
  EXPECT_EQ(ReasonOf(Update(request).status()), common::v1::ETAG_MISMATCH);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(UpdateCustomerTest, ARepeatedRequestIdGetsTheSameAnswerAndHasOneEffect) {
  UpdateCustomerRequest request = Naming("One");
  request.set_request_id(NewUuid());
  const auto first = Update(request);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string before = WholeDatabase();
  EXPECT_EQ(Update(request)->etag(), first->etag());
  request.mutable_customer()->set_display_name("Two");
  EXPECT_EQ(ReasonOf(Update(request).status()), common::v1::REQUEST_ID_REUSED);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(UpdateCustomerTest, LeavesOneAuditRowAndOneEventOfTheCustomerWithoutWhatIsAPartners) {
  database_.Run("UPDATE directory.partner_customers SET correlation_id = 'C-1'");
  NewEvents();
  const int audited = AuditRows();
  ASSERT_TRUE(Update(Naming("One")).ok());
  EXPECT_THAT(NewEvents(), ElementsAre("customer.updated customers/northwind"));
  EXPECT_EQ(AuditRows() - audited, 1);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.audit_entries WHERE actor = 'anna'"
                            " AND account = 'customers/northwind'"
                            " AND before ->> 'displayName' = 'customers/northwind'"
                            " AND after ->> 'displayName' = 'One'"
                            " AND after -> 'correlationId' IS NULL AND after -> 'edges' IS NULL"),
            1);
}

TEST_F(UpdateCustomerTest, HasItsLimits) {
  const std::vector<std::function<void(UpdateCustomerRequest&)>> faults = {
      [](auto& r) { r.mutable_customer()->set_name("partners/contoso"); },
      [](auto& r) { r.mutable_customer()->set_display_name(std::string(201, 'x')); },
      [](auto& r) { r.mutable_customer()->set_registration_number(std::string(101, 'x')); },
      [](auto& r) { r.mutable_customer()->mutable_contact()->set_email_address("nobody"); },
      [](auto& r) { r.mutable_customer()->add_domains()->set_name("-"); },
      [](auto& r) {
        for (int i = 0; i < 51; ++i) {
          r.mutable_customer()->add_domains()->set_name(absl::StrCat("d", i, ".example"));
        }
      },
      [](auto& r) {
        r.mutable_customer()->clear_display_name();
        r.mutable_update_mask()->add_paths("display_name");
      },
      [](auto& r) { r.set_request_id("1"); },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    UpdateCustomerRequest request = Naming("One");
    faults[i](request);
    EXPECT_EQ(ReasonOf(Update(request).status()), common::v1::FIELD_INVALID) << i;
  }
}

}  // namespace
}  // namespace partnerlink::customer_company_test
