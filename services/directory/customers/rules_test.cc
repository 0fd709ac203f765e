#include "services/directory/customers/rules.h"

#include <functional>
#include <optional>
#include <utility>

#include "common/status/status.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnerlink::directory::customers {
namespace {

using relationship::v1::Grant;
using relationship::v1::Relationship;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

constexpr char kRelationship[] = "relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";

Principal Reader(AccountFamily family, const std::string& account, const std::string& role) {
  Principal reader;
  reader.family = family;
  reader.account = account;
  reader.roles = {role};
  return reader;
}

Principal Partner() { return Reader(AccountFamily::kPartner, "partners/contoso", "sales_agent"); }
Principal Operator() { return Reader(AccountFamily::kOperator, "operators", "operator"); }
Principal CustomerWith(const std::string& role) {
  return Reader(AccountFamily::kCustomer, "customers/acme", role);
}

v1::Customer Acme(std::initializer_list<Relationship::Type> edges) {
  v1::Customer customer;
  customer.set_name("customers/acme");
  for (const Relationship::Type type : edges) {
    v1::Customer::Edge& edge = *customer.add_edges();
    edge.set_type(type);
    edge.set_partner("partners/contoso");
    edge.set_state(Relationship::ACTIVE);
  }
  return customer;
}

std::vector<Grant> GrantOf(std::initializer_list<const char*> roles) {
  Grant grant;
  grant.set_name("partners/contoso/grants/1");
  for (const char* role : roles) grant.add_roles(role);
  return {grant};
}

std::vector<std::string> HiddenFrom(const Principal& reader, const std::vector<Grant>& grants,
                                    std::optional<int32_t> subscription_count) {
  v1::Customer customer = Acme({});
  Complete(reader, grants, subscription_count, customer);
  std::vector<std::string> fields;
  for (const auto& hidden : customer.hidden_fields()) fields.push_back(hidden.field());
  return fields;
}

v1::ApplyRelationshipsRequest SoundRequest() {
  v1::ApplyRelationshipsRequest request;
  request.set_customer("customers/acme");
  request.mutable_company()->set_display_name("Acme");
  request.mutable_company()->set_country("PL");
  request.mutable_company()->add_domains("acme.example");
  auto& edge = *request.add_edges();
  edge.set_relationship(kRelationship);
  edge.set_type(Relationship::RESELLER);
  edge.set_partner("partners/contoso");
  edge.set_state(Relationship::ACTIVE);
  edge.set_revision(1);
  return request;
}

TEST(CheckReaderTest, APartnerNeedsAnEdgeOrAGrant) {
  EXPECT_TRUE(CheckReader(Partner(), Acme({Relationship::PROVIDER}), {}).ok());
  EXPECT_TRUE(CheckReader(Partner(), Acme({}), GrantOf({"user_admin"})).ok());
  EXPECT_EQ(CheckReader(Partner(), Acme({}), {}), NotFound());
}

TEST(CheckReaderTest, ACustomerSeesOnlyItself) {
  EXPECT_TRUE(CheckReader(CustomerWith("billing_admin"), Acme({}), {}).ok());
  Principal other = CustomerWith("global_admin");
  other.account = "customers/other";
  EXPECT_EQ(CheckReader(other, Acme({Relationship::RESELLER}), {}), NotFound());
}

TEST(CheckReaderTest, OperatorsSeeAllAndNobodyNothing) {
  EXPECT_TRUE(CheckReader(Operator(), Acme({}), {}).ok());
  EXPECT_EQ(CheckReader(Principal(), Acme({Relationship::RESELLER}), {}), NotFound());
}

TEST(CompleteTest, AGrantShowsWhatItsRolesSay) {
  EXPECT_THAT(HiddenFrom(Partner(), GrantOf({"user_admin"}), 0), IsEmpty());
  EXPECT_THAT(HiddenFrom(Partner(), GrantOf({"directory_reader"}), 0), IsEmpty());
  EXPECT_THAT(HiddenFrom(Partner(), GrantOf({"global_admin"}), 0), IsEmpty());
  EXPECT_THAT(HiddenFrom(Partner(), GrantOf({"license_admin"}), 0), ElementsAre("user_count"));
  EXPECT_THAT(HiddenFrom(Partner(), {}, 0), ElementsAre("user_count"));
}

TEST(CompleteTest, SubscriptionsAreCountedForWhoMaySeeThem) {
  v1::Customer customer = Acme({});
  Complete(Partner(), GrantOf({"user_admin"}), 7, customer);
  EXPECT_EQ(customer.subscription_count(), 7);
  EXPECT_THAT(HiddenFrom(Partner(), GrantOf({"user_admin"}), std::nullopt),
              ElementsAre("subscription_count"));
}

TEST(CompleteTest, WhatIsAPartnersOwnIsHiddenFromCustomerAndOperators) {
  EXPECT_THAT(HiddenFrom(CustomerWith("global_admin"), {}, 0),
              UnorderedElementsAre("channel", "labels", "correlation_id"));
  EXPECT_THAT(HiddenFrom(CustomerWith("billing_admin"), {}, 0),
              UnorderedElementsAre("channel", "labels", "correlation_id", "user_count"));
  EXPECT_THAT(HiddenFrom(Operator(), {}, std::nullopt),
              UnorderedElementsAre("channel", "labels", "correlation_id", "subscription_count",
                                   "user_count"));
}

TEST(CompleteTest, GrantsAreNamed) {
  v1::Customer customer = Acme({});
  Complete(Partner(), GrantOf({"user_admin"}), std::nullopt, customer);
  EXPECT_THAT(customer.grants(), ElementsAre("partners/contoso/grants/1"));
}

TEST(CheckShapeTest, ASoundRequestPasses) {
  v1::ApplyRelationshipsRequest request = SoundRequest();
  EXPECT_TRUE(CheckShape(request).ok()) << CheckShape(request);
  request.clear_company();
  EXPECT_TRUE(CheckShape(request).ok()) << CheckShape(request);
}

TEST(CheckShapeTest, EachBreachIsAViolation) {
  const std::vector<std::function<void(v1::ApplyRelationshipsRequest&)>> breaches = {
      [](auto& request) { request.set_customer("partners/acme"); },
      [](auto& request) { request.set_customer("customers/-"); },
      [](auto& request) { request.set_root_event("1"); },
      [](auto& request) { request.clear_edges(); },
      [](auto& request) { *request.add_edges() = request.edges(0); },
      [](auto& request) { request.mutable_edges(0)->set_relationship("relationships/1"); },
      [](auto& request) { request.mutable_edges(0)->clear_type(); },
      [](auto& request) {
        request.mutable_edges(0)->set_type(static_cast<Relationship::Type>(99));
      },
      [](auto& request) { request.mutable_edges(0)->set_partner("partners/"); },
      [](auto& request) { request.mutable_edges(0)->clear_state(); },
      [](auto& request) { request.mutable_edges(0)->set_revision(0); },
      [](auto& request) {
        request.mutable_edges(0)->set_channel(static_cast<common::v1::Channel>(99));
      },
      [](auto& request) { request.mutable_company()->clear_display_name(); },
      [](auto& request) { request.mutable_company()->set_country("pl"); },
      [](auto& request) { request.mutable_company()->add_domains("Acme.example"); },
      [](auto& request) {
        for (int i = 0; i < 50; ++i) request.mutable_company()->add_domains("acme.example");
      },
  };
  for (size_t i = 0; i < breaches.size(); ++i) {
    v1::ApplyRelationshipsRequest request = SoundRequest();
    breaches[i](request);
    EXPECT_EQ(ReasonOf(CheckShape(request)), common::v1::FIELD_INVALID) << "breach " << i;
  }
}

TEST(ChannelsByPartnerTest, TheFirstChannelSaidCounts) {
  v1::ApplyRelationshipsRequest request = SoundRequest();
  *request.add_edges() = request.edges(0);
  *request.add_edges() = request.edges(0);
  request.mutable_edges(1)->set_channel(common::v1::VENDOR_REFERRAL);
  request.mutable_edges(2)->set_channel(common::v1::OTHER);
  EXPECT_THAT(ChannelsByPartner(request),
              ElementsAre(std::make_pair("partners/contoso", common::v1::VENDOR_REFERRAL)));
}

TEST(EventOfTest, TellsWhatAPartnerSees) {
  EXPECT_EQ(EventOf(Acme({}), Acme({Relationship::RESELLER})), "customer.listed");
  EXPECT_EQ(EventOf(Acme({Relationship::RESELLER}), Acme({})), "customer.unlisted");
  EXPECT_EQ(EventOf(Acme({Relationship::RESELLER}),
                    Acme({Relationship::RESELLER, Relationship::PROVIDER})),
            "customer.edge_changed");
}

TEST(CompanyRequiredTest, SaysWhichFieldIsMissing) {
  EXPECT_EQ(ReasonOf(CompanyRequired()), common::v1::COMPANY_REQUIRED);
}

}  // namespace
}  // namespace partnerlink::directory::customers
