#include "services/directory/subscriptions/rules.h"

#include <initializer_list>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "common/context/testing/principal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnerlink::directory::subscriptions {
namespace {

using google::protobuf::FieldMask;
using relationship::v1::Relationship;
using support::PrincipalOf;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using v1::Subscription;

constexpr char kReseller[] = "relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
constexpr char kProvider[] = "relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c";
constexpr char kCustomer[] = "customers/acme";

Principal Agent(const std::string& role = "sales_agent") {
  return PrincipalOf("partners/contoso", {role});
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

// The table of the README, row by row; what is not in it is refused.
TEST(AfterTest, IsTheTableOfStates) {
  const auto active = Subscription::ACTIVE;
  const auto suspended = Subscription::SUSPENDED;
  const auto cancelled = Subscription::CANCELLED;
  const auto expired = Subscription::EXPIRED;
  const std::map<std::pair<Action, Subscription::State>, Subscription::State> table = {
      {{Action::kAddSeats, active}, active},   {{Action::kSetSeats, active}, active},
      {{Action::kSetRenewal, active}, active}, {{Action::kSetRenewal, suspended}, suspended},
      {{Action::kSuspend, active}, suspended}, {{Action::kReactivate, suspended}, active},
      {{Action::kCancel, active}, cancelled},  {{Action::kCancel, suspended}, cancelled},
      {{Action::kExpire, active}, expired},    {{Action::kExpire, suspended}, expired},
      {{Action::kHandOver, active}, active},   {{Action::kHandOver, suspended}, suspended},
  };
  for (const Action action :
       {Action::kAddSeats, Action::kSetSeats, Action::kSetRenewal, Action::kSuspend,
        Action::kReactivate, Action::kCancel, Action::kExpire, Action::kHandOver}) {
    for (const auto state :
         {Subscription::STATE_UNSPECIFIED, active, suspended, cancelled, expired}) {
      const auto row = table.find({action, state});
      const auto after = After(action, state);
      EXPECT_EQ(after.has_value(), row != table.end()) << static_cast<int>(action) << state;
      if (row != table.end()) {
        EXPECT_EQ(after, row->second);
      }
      EXPECT_EQ(ReasonOf(CheckAction(action, state)),
                after ? std::nullopt : std::optional(common::v1::STATE_TRANSITION));
    }
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
      {PrincipalOf(kCustomer, {"billing_admin"}), access::Facts()},
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
      {PrincipalOf("customers/other", {"global_admin"}), access::Facts(),
       common::v1::RESOURCE_NOT_FOUND},
      {PrincipalOf(std::string(kOperators), {"operator"}), access::Facts(),
       common::v1::ROLE_MISSING},
  };
  for (const auto& [reader, facts, reason] : readers) {
    EXPECT_EQ(ReasonOf(SightOf(reader, kCustomer, facts).status()), reason) << reader.account;
  }
}

Subscription Asked(int32_t quantity, bool auto_renew) {
  Subscription asked;
  asked.set_quantity(quantity);
  asked.set_auto_renew(auto_renew);
  asked.set_assigned(7);
  asked.set_partner("partners/other");
  return asked;
}

FieldMask Of(std::initializer_list<const char*> paths) {
  FieldMask mask;
  for (const char* path : paths) mask.add_paths(path);
  return mask;
}

TEST(UpdatePathsTest, SeatsAndRenewalAndNothingElse) {
  EXPECT_THAT(UpdatePaths({}, Asked(3, false))->paths(), ElementsAre("quantity"));
  EXPECT_THAT(UpdatePaths({}, Asked(0, true))->paths(), ElementsAre("auto_renew"));
  EXPECT_THAT(UpdatePaths(Of({"auto_renew"}), Asked(3, false))->paths(), ElementsAre("auto_renew"));
  for (const char* path : {"assigned", "state", "partner", "relationship", "term_end_time", "x"}) {
    EXPECT_EQ(ReasonOf(UpdatePaths(Of({path}), Asked(3, false)).status()),
              common::v1::FIELD_INVALID)
        << path;
  }
}

TEST(CheckUpdateTest, ASubscriptionHasOneToAMillionSeats) {
  const auto check = [](int32_t quantity, const FieldMask& paths) {
    FieldViolations violations;
    CheckUpdate(Asked(quantity, true), paths, violations);
    return violations.empty();
  };
  EXPECT_TRUE(check(1, Of({"quantity"})));
  EXPECT_TRUE(check(kMostSeats, Of({"quantity"})));
  EXPECT_FALSE(check(0, Of({"quantity"})));
  EXPECT_FALSE(check(-1, Of({"quantity"})));
  EXPECT_FALSE(check(kMostSeats + 1, Of({"quantity"})));
  EXPECT_TRUE(check(0, Of({"auto_renew"})));
}

TEST(UpdatedTest, WritesWhatThePathsNameAndKeepsTheRest) {
  Subscription present = With(Subscription::ACTIVE, 10);
  present.set_auto_renew(true);
  present.set_assigned(4);
  present.set_partner("partners/contoso");
  const auto fewer = Updated(present, Of({"quantity"}), Asked(4, false));
  ASSERT_TRUE(fewer.ok()) << fewer.status();
  EXPECT_EQ(fewer->quantity(), 4);
  EXPECT_TRUE(fewer->auto_renew());
  EXPECT_EQ(fewer->assigned(), 4);
  EXPECT_EQ(fewer->partner(), "partners/contoso");
  const auto last = Updated(present, Of({"auto_renew"}), Asked(1, false));
  ASSERT_TRUE(last.ok()) << last.status();
  EXPECT_EQ(last->quantity(), 10);
  EXPECT_FALSE(last->auto_renew());
}

TEST(UpdatedTest, SeatsDoNotGoBelowWhatIsAssigned) {
  Subscription present = With(Subscription::ACTIVE, 10);
  present.set_assigned(4);
  EXPECT_EQ(ReasonOf(Updated(present, Of({"quantity"}), Asked(3, true)).status()),
            common::v1::QUANTITY_BELOW_ASSIGNED);
  EXPECT_TRUE(Updated(present, Of({"auto_renew"}), Asked(3, true)).ok());
}

TEST(UpdatedTest, APausedOneKeepsItsSeatsAndWhatIsOverEverything) {
  const auto reason = [](Subscription::State state, const char* path) {
    return ReasonOf(Updated(With(state, 10), Of({path}), Asked(11, true)).status());
  };
  EXPECT_EQ(reason(Subscription::SUSPENDED, "quantity"), common::v1::STATE_TRANSITION);
  EXPECT_EQ(reason(Subscription::SUSPENDED, "auto_renew"), std::nullopt);
  for (const auto state : {Subscription::CANCELLED, Subscription::EXPIRED}) {
    EXPECT_EQ(reason(state, "quantity"), common::v1::STATE_TRANSITION);
    EXPECT_EQ(reason(state, "auto_renew"), common::v1::STATE_TRANSITION);
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
