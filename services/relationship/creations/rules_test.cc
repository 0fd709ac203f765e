#include "services/relationship/creations/rules.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnerlink::relationship::creations {
namespace {

using Request = v1::EstablishCreatedCustomersRequest;
using ::testing::ElementsAre;

Request Sound(int customers = 1) {
  Request request;
  request.set_source("partners/contoso/imports/file-1/chunks/0.1");
  request.set_partner("partners/contoso");
  request.set_type(v1::Relationship::RESELLER);
  for (int i = 0; i < customers; ++i) {
    auto& customer = *request.add_customers();
    customer.set_customer(absl::StrCat("customers/no-", i));
    customer.set_country("PL");
  }
  request.add_grant_roles("user_admin");
  request.set_actor("anna");
  request.set_root_event("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b");
  return request;
}

bool IsFine(const Request& request) {
  FieldViolations violations;
  CheckShape(request, violations);
  return violations.empty();
}

TEST(CheckShapeTest, OneTo250CustomersAreTaken) {
  EXPECT_TRUE(IsFine(Sound()));
  EXPECT_TRUE(IsFine(Sound(250)));
  EXPECT_FALSE(IsFine(Sound(251)));
  EXPECT_FALSE(IsFine(Sound(0)));
}

TEST(CheckShapeTest, EveryFaultIsRefused) {
  void (*const faults[])(Request&) = {
      [](Request& r) { r.clear_source(); },
      [](Request& r) { r.set_source(std::string(301, 's')); },
      [](Request& r) { r.set_partner("contoso"); },
      [](Request& r) { r.clear_type(); },
      [](Request& r) { r.mutable_customers(0)->set_customer("northwind"); },
      [](Request& r) { r.mutable_customers(0)->set_country("pl"); },
      [](Request& r) { r.mutable_customers(0)->set_channel(static_cast<common::v1::Channel>(99)); },
      [](Request& r) { *r.add_customers() = r.customers(0); },
      [](Request& r) { r.clear_actor(); },
      [](Request& r) { r.set_actor("an\na"); },
      [](Request& r) { r.set_root_event("1"); }};
  for (size_t i = 0; i < std::size(faults); ++i) {
    Request request = Sound();
    faults[i](request);
    EXPECT_FALSE(IsFine(request)) << i;
  }
}

TEST(RelationshipOfTest, IsOfACreation) {
  const v1::Relationship relationship = RelationshipOf(Sound());
  EXPECT_EQ(relationship.type(), v1::Relationship::RESELLER);
  EXPECT_EQ(relationship.partner(), "partners/contoso");
  EXPECT_EQ(relationship.state(), v1::Relationship::ACTIVE);
  EXPECT_EQ(relationship.origin(), v1::Relationship::CREATED);
}

TEST(TermsOfTest, AreThePartnersOfTheseRoles) {
  EXPECT_EQ(TermsOf(Sound()).partner(), "partners/contoso");
  EXPECT_THAT(TermsOf(Sound()).roles(), ElementsAre("user_admin"));
}

TEST(HasGrantTest, NotWithoutRolesAndNotWhereOnlyTheRelationshipIsWanted) {
  Request request = Sound();
  EXPECT_TRUE(HasGrant(request, request.customers(0)));
  request.mutable_customers(0)->set_relationship_only(true);
  EXPECT_FALSE(HasGrant(request, request.customers(0)));
  request.mutable_customers(0)->set_relationship_only(false);
  request.clear_grant_roles();
  EXPECT_FALSE(HasGrant(request, request.customers(0)));
}

TEST(AreCreatedTest, IsOfTheOneEventOnly) {
  EXPECT_TRUE(AreCreated("created_customers.established"));
  EXPECT_FALSE(AreCreated("relationships.established"));
}

}  // namespace
}  // namespace partnerlink::relationship::creations
