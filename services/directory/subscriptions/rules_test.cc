#include "services/directory/subscriptions/rules.h"

#include <initializer_list>
#include <tuple>
#include <utility>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnerlink::directory::subscriptions {
namespace {

using relationship::v1::Relationship;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using v1::Subscription;

constexpr char kReseller[] = "relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
constexpr char kProvider[] = "relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c";
constexpr char kCustomer[] = "customers/acme";

Principal Person(AccountFamily family, const std::string& account, const std::string& role) {
  Principal person;
  person.family = family;
  person.account = account;
  person.roles = {role};
  return person;
}

Principal Agent(const std::string& role = "sales_agent") {
  return Person(AccountFamily::kPartner, "partners/contoso", role);
}

// Of an active partner.
access::Facts Holding(
    std::initializer_list<std::pair<Relationship::Type, Relationship::State>> relationships,
    std::initializer_list<const char*> grant_roles = {}) {
  access::Facts facts;
  facts.partner_active = true;
  for (const auto& [type, state] : relationships) {
    Relationship& relationship = facts.relationships.emplace_back();
    relationship.set_name(type == Relationship::RESELLER ? kReseller : kProvider);
    relationship.set_type(type);
    relationship.set_state(state);
  }
  for (const char* role : grant_roles) {
    facts.grants.emplace_back().add_roles(role);
    facts.grants.back().set_name("partners/contoso/grants/1");
  }
  return facts;
}

TEST(AfterTest, OnlyAnActiveOneGetsSeatsOrIsCancelled) {
  EXPECT_EQ(After(Action::kAddSeats, Subscription::ACTIVE), Subscription::ACTIVE);
  EXPECT_EQ(After(Action::kCancel, Subscription::ACTIVE), Subscription::CANCELLED);
  for (const Action action : {Action::kAddSeats, Action::kCancel}) {
    EXPECT_TRUE(CheckAction(action, Subscription::ACTIVE).ok());
    EXPECT_EQ(ReasonOf(CheckAction(action, Subscription::CANCELLED)), common::v1::STATE_TRANSITION);
  }
}

Subscription With(Subscription::State state, int32_t quantity) {
  Subscription subscription;
  subscription.set_state(state);
  subscription.set_quantity(quantity);
  return subscription;
}

TEST(CheckSeatsTest, GoToAnActiveSubscriptionOfTheRelationshipUpToTheMost) {
  const Subscription nearly_full = With(Subscription::ACTIVE, kMostSeats - 10);
  const Subscription over = With(Subscription::CANCELLED, 1);
  EXPECT_TRUE(CheckSeats("line", 10, &nearly_full).ok());
  EXPECT_EQ(ReasonOf(CheckSeats("line", 11, &nearly_full)), common::v1::FIELD_INVALID);
  EXPECT_EQ(ReasonOf(CheckSeats("line", 1, &over)), common::v1::STATE_TRANSITION);
  EXPECT_EQ(ReasonOf(CheckSeats("line", 1, nullptr)), common::v1::FIELD_INVALID);
}

TEST(SightOfTest, AllForAResellerAnAdministratorAndTheCustomer) {
  const std::vector<std::pair<Principal, access::Facts>> readers = {
      {Agent("helpdesk_agent"), Holding({{Relationship::RESELLER, Relationship::ACTIVE}})},
      {Agent(), Holding({{Relationship::RESELLER, Relationship::SUSPENDED}})},
      {Agent(), Holding({{Relationship::RESELLER, Relationship::ENDING}})},
      {Agent(), Holding({{Relationship::RESELLER, Relationship::ACTIVE},
                         {Relationship::PROVIDER, Relationship::ACTIVE}})},
      {Agent(), Holding({}, {"subscription_admin"})},
      {Agent(), Holding({{Relationship::PROVIDER, Relationship::ACTIVE}}, {"global_admin"})},
      {Person(AccountFamily::kCustomer, kCustomer, "billing_admin"), access::Facts()},
  };
  for (const auto& [reader, facts] : readers) {
    const auto sight = SightOf(reader, kCustomer, facts);
    ASSERT_TRUE(sight.ok()) << sight.status();
    EXPECT_THAT(sight->sold_through, IsEmpty());
    EXPECT_EQ(ReasonOf(NotSeen(*sight)), common::v1::RESOURCE_NOT_FOUND);
  }
}

TEST(SightOfTest, AProviderSeesWhatItSoldAndIsToldWhatItLacks) {
  for (const auto state : {Relationship::ACTIVE, Relationship::SUSPENDED, Relationship::ENDING}) {
    const auto sight =
        SightOf(Agent(), kCustomer, Holding({{Relationship::PROVIDER, state}}, {"user_admin"}));
    ASSERT_TRUE(sight.ok()) << sight.status();
    EXPECT_THAT(sight->sold_through, ElementsAre(kProvider));
    EXPECT_EQ(ReasonOf(NotSeen(*sight)), common::v1::PERMISSION_MISSING);
  }
}

TEST(SightOfTest, EveryoneElseIsRefused) {
  access::Facts suspended = Holding({{Relationship::RESELLER, Relationship::ACTIVE}});
  suspended.partner_active = false;
  const std::vector<std::tuple<Principal, access::Facts, ErrorReason>> readers = {
      {Agent(), Holding({}), common::v1::RESOURCE_NOT_FOUND},
      {Agent(), Holding({}, {"user_admin"}), common::v1::PERMISSION_MISSING},
      {Agent(), suspended, common::v1::PARTNER_SUSPENDED},
      {Agent("intern"), Holding({{Relationship::RESELLER, Relationship::ACTIVE}}),
       common::v1::ROLE_MISSING},
      {Person(AccountFamily::kCustomer, "customers/other", "global_admin"), access::Facts(),
       common::v1::RESOURCE_NOT_FOUND},
      {Person(AccountFamily::kOperator, std::string(kOperators), "operator"), access::Facts(),
       common::v1::ROLE_MISSING},
  };
  for (const auto& [reader, facts, reason] : readers) {
    EXPECT_EQ(ReasonOf(SightOf(reader, kCustomer, facts).status()), reason) << reader.account;
  }
}

TEST(CheckManagerTest, NeedsTheRelationshipItWasSoldThroughOrAGrant) {
  const auto check = [](const access::Facts& facts, const char* through,
                        const std::string& role = "sales_agent") {
    return ReasonOf(CheckManager(Agent(role), kCustomer, through, facts));
  };
  const auto reseller = Holding({{Relationship::RESELLER, Relationship::ACTIVE}});
  EXPECT_EQ(check(reseller, kReseller), std::nullopt);
  EXPECT_EQ(check(reseller, kProvider), common::v1::PERMISSION_MISSING);
  EXPECT_EQ(check(reseller, kReseller, "helpdesk_agent"), common::v1::ROLE_MISSING);
  EXPECT_EQ(check(Holding({{Relationship::PROVIDER, Relationship::ACTIVE}}), kProvider),
            std::nullopt);
  EXPECT_EQ(check(Holding({{Relationship::RESELLER, Relationship::SUSPENDED}}), kReseller),
            common::v1::RELATIONSHIP_INACTIVE);
  EXPECT_EQ(check(Holding({}, {"subscription_admin"}), kReseller), std::nullopt);
  EXPECT_EQ(check(Holding({}, {"license_admin"}), kReseller), common::v1::PERMISSION_MISSING);
  EXPECT_EQ(check(Holding({}), kReseller), common::v1::RESOURCE_NOT_FOUND);
}

}  // namespace
}  // namespace partnerlink::directory::subscriptions
