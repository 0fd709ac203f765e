#include "services/directory/orders/rules.h"

#include <functional>
#include <initializer_list>
#include <optional>
#include <tuple>
#include <utility>

#include "common/context/testing/principal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnerlink::directory::orders {
namespace {

using relationship::v1::Relationship;
using support::PrincipalOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using v1::Order;

constexpr char kReseller[] = "relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
constexpr char kProvider[] = "relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c";
constexpr char kCustomer[] = "customers/acme";
constexpr char kSubscription[] =
    "customers/acme/subscriptions/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5d";

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
  for (const char* role : grant_roles) facts.grants.emplace_back().add_roles(role);
  return facts;
}

Order SoundOrder() {
  Order order;
  Order::LineItem& made = *order.add_line_items();
  made.set_offer("offers/mail");
  made.set_quantity(100'000);
  Order::LineItem& enlarged = *order.add_line_items();
  enlarged.set_subscription(kSubscription);
  enlarged.set_quantity(1);
  return order;
}

absl::Status Shape(const Order& order) {
  FieldViolations violations;
  CheckShape(order, violations);
  return violations.ToStatus();
}

TEST(CheckShapeTest, ASoundOrderPasses) {
  Order order = SoundOrder();
  EXPECT_TRUE(Shape(order).ok()) << Shape(order);
  order.set_relationship(kReseller);
  *order.add_line_items() = order.line_items(0);  // two subscriptions to one offer
  EXPECT_TRUE(Shape(order).ok()) << Shape(order);
}

TEST(CheckShapeTest, EachBreachIsAViolation) {
  const std::vector<std::pair<std::string, std::function<void(Order&)>>> breaches = {
      {"order.relationship", [](Order& order) { order.set_relationship("relationships/1"); }},
      {"order.relationship", [](Order& order) { order.set_relationship("partners/contoso"); }},
      {"order.line_items", [](Order& order) { order.clear_line_items(); }},
      {"order.line_items",
       [](Order& order) {
         for (int i = 0; i < 19; ++i) *order.add_line_items() = order.line_items(0);
       }},
      {"order.line_items[0]", [](Order& order) { order.mutable_line_items(0)->clear_offer(); }},
      {"order.line_items[1]",
       [](Order& order) { order.mutable_line_items(1)->set_offer("offers/mail"); }},
      {"order.line_items[0].offer",
       [](Order& order) { order.mutable_line_items(0)->set_offer("offers/-"); }},
      {"order.line_items[1].subscription",
       [](Order& order) { order.mutable_line_items(1)->set_subscription("customers/acme"); }},
      {"order.line_items[2].subscription",
       [](Order& order) { *order.add_line_items() = order.line_items(1); }},
      {"order.line_items[0].quantity",
       [](Order& order) { order.mutable_line_items(0)->set_quantity(0); }},
      {"order.line_items[0].quantity",
       [](Order& order) { order.mutable_line_items(0)->set_quantity(-1); }},
      {"order.line_items[0].quantity",
       [](Order& order) { order.mutable_line_items(0)->set_quantity(100'001); }},
  };
  for (const auto& [field, breach] : breaches) {
    Order order = SoundOrder();
    breach(order);
    EXPECT_EQ(ReasonOf(Shape(order)), common::v1::FIELD_INVALID) << field;
    EXPECT_THAT(std::string(Shape(order).message()), HasSubstr(field + ":"));
  }
}

TEST(ChooseRelationshipTest, TheOnlyOneThatMayOrderNeedNotBeNamed) {
  const auto active = Relationship::ACTIVE;
  const std::vector<std::pair<access::Facts, std::string>> choices = {
      {Holding({{Relationship::RESELLER, active}}), kReseller},
      {Holding({{Relationship::PROVIDER, active}}), kProvider},
      {Holding(
           {{Relationship::RESELLER, Relationship::SUSPENDED}, {Relationship::PROVIDER, active}}),
       kProvider},
      {Holding({{Relationship::RESELLER, active}, {Relationship::PROVIDER, Relationship::ENDING}}),
       kReseller},
  };
  for (const auto& [facts, relationship] : choices) {
    const auto chosen = ChooseRelationship(Agent(), kCustomer, "", facts);
    ASSERT_TRUE(chosen.ok()) << chosen.status();
    EXPECT_EQ(*chosen, relationship);
    EXPECT_EQ(ChooseRelationship(Agent(), kCustomer, relationship, facts).value_or(""),
              relationship);
  }
}

TEST(ChooseRelationshipTest, OfTwoOneMustBeNamed) {
  const auto facts = Holding({{Relationship::RESELLER, Relationship::ACTIVE},
                              {Relationship::PROVIDER, Relationship::ACTIVE}});
  const absl::Status status = ChooseRelationship(Agent(), kCustomer, "", facts).status();
  EXPECT_EQ(ReasonOf(status), common::v1::FIELD_INVALID);
  EXPECT_THAT(std::string(status.message()), HasSubstr("order.relationship"));
  for (const char* named : {kReseller, kProvider}) {
    EXPECT_EQ(ChooseRelationship(Agent(), kCustomer, named, facts).value_or(""), named);
  }
}

TEST(ChooseRelationshipTest, EveryoneElseIsRefused) {
  const auto reseller = Holding({{Relationship::RESELLER, Relationship::ACTIVE}});
  auto suspended_partner = reseller;
  suspended_partner.partner_active = false;
  const auto inactive = Holding({{Relationship::RESELLER, Relationship::SUSPENDED}});
  const auto ending = Holding({{Relationship::PROVIDER, Relationship::ENDING}});
  const auto one_of_two = Holding({{Relationship::RESELLER, Relationship::ACTIVE},
                                   {Relationship::PROVIDER, Relationship::SUSPENDED}});
  const auto grant = Holding({}, {"global_admin"});
  const std::vector<std::tuple<Principal, access::Facts, std::string, ErrorReason>> refused = {
      {Agent(), Holding({}), "", common::v1::RESOURCE_NOT_FOUND},
      {Agent(), Holding({}), kReseller, common::v1::RESOURCE_NOT_FOUND},
      {Agent(), grant, "", common::v1::RELATIONSHIP_MISSING},
      {Agent(), grant, kReseller, common::v1::RELATIONSHIP_MISSING},
      {Agent(), suspended_partner, "", common::v1::PARTNER_SUSPENDED},
      {Agent(), suspended_partner, kProvider, common::v1::PARTNER_SUSPENDED},
      {Agent(), inactive, "", common::v1::RELATIONSHIP_INACTIVE},
      {Agent(), inactive, kReseller, common::v1::RELATIONSHIP_INACTIVE},
      {Agent(), inactive, kProvider, common::v1::FIELD_INVALID},
      {Agent(), ending, "", common::v1::RELATIONSHIP_INACTIVE},
      {Agent(), reseller, kProvider, common::v1::FIELD_INVALID},
      {Agent(), one_of_two, kProvider, common::v1::RELATIONSHIP_INACTIVE},
      {Agent("helpdesk_agent"), reseller, "", common::v1::ROLE_MISSING},
      {PrincipalOf(kCustomer, {"global_admin"}), access::Facts(), "", common::v1::ROLE_MISSING},
  };
  for (size_t i = 0; i < refused.size(); ++i) {
    const auto& [caller, facts, asked, reason] = refused[i];
    EXPECT_EQ(ReasonOf(ChooseRelationship(caller, kCustomer, asked, facts).status()), reason)
        << "case " << i;
  }
}

TEST(CheckReaderTest, ARelationshipThatIsNotOverOrTheCustomerItself) {
  const std::vector<std::tuple<Principal, access::Facts, std::optional<ErrorReason>>> readers = {
      {Agent(), Holding({{Relationship::RESELLER, Relationship::ENDING}}), std::nullopt},
      {Agent(), Holding({{Relationship::PROVIDER, Relationship::SUSPENDED}}), std::nullopt},
      {Agent(), Holding({}, {"subscription_admin"}), common::v1::RELATIONSHIP_MISSING},
      {Agent(), Holding({}), common::v1::RESOURCE_NOT_FOUND},
      {Agent("helpdesk_agent"), Holding({{Relationship::RESELLER, Relationship::ACTIVE}}),
       common::v1::ROLE_MISSING},
      {PrincipalOf(kCustomer, {"billing_admin"}), access::Facts(), std::nullopt},
      {PrincipalOf("customers/other", {"global_admin"}), access::Facts(),
       common::v1::RESOURCE_NOT_FOUND},
  };
  for (size_t i = 0; i < readers.size(); ++i) {
    const auto& [reader, facts, reason] = readers[i];
    EXPECT_EQ(ReasonOf(CheckReader(reader, kCustomer, facts)), reason) << "case " << i;
  }
}

TEST(PlacedByTest, APartnerSeesItsOwnTheCustomerAll) {
  EXPECT_EQ(PlacedBy(Agent()), "partners/contoso");
  EXPECT_EQ(PlacedBy(PrincipalOf(kCustomer, {"global_admin"})), "");
}

TEST(CheckAvailableTest, ARetiredOrUnknownOfferCannotBeOrdered) {
  v1::Offer offer;
  offer.set_state(v1::Offer::ACTIVE);
  EXPECT_TRUE(CheckAvailable("offers/mail", &offer).ok());
  offer.set_state(v1::Offer::RETIRED);
  EXPECT_EQ(ReasonOf(CheckAvailable("offers/mail", &offer)), common::v1::OFFER_UNAVAILABLE);
  EXPECT_EQ(ReasonOf(CheckAvailable("offers/mail", nullptr)), common::v1::OFFER_UNAVAILABLE);
}

TEST(ToPlaceTest, TakesWhatACallerWritesAndNothingElse) {
  v1::CreateOrderRequest request;
  request.set_parent(kCustomer);
  *request.mutable_order() = SoundOrder();
  request.mutable_order()->set_name("customers/acme/orders/1");
  request.mutable_order()->set_actor("somebody");
  request.mutable_order()->set_partner("partners/other");
  const Order order = ToPlace(Agent(), request, kReseller);
  EXPECT_EQ(order.name(), "");
  EXPECT_EQ(order.customer(), kCustomer);
  EXPECT_EQ(order.relationship(), kReseller);
  EXPECT_EQ(order.actor(), "anna");
  EXPECT_EQ(order.partner(), "partners/contoso");
  EXPECT_EQ(order.line_items_size(), 2);
  EXPECT_THAT(ToEnlarge(order), ElementsAre("0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5d"));
}

TEST(HideNamesTest, NothingRolledBackHasAName) {
  Order placed = SoundOrder();
  placed.set_name("customers/acme/orders/1");
  placed.mutable_line_items(0)->set_subscription("customers/acme/subscriptions/1");
  HideNames(SoundOrder(), placed);
  EXPECT_EQ(placed.name(), "");
  EXPECT_EQ(placed.line_items(0).subscription(), "");
  EXPECT_EQ(placed.line_items(1).subscription(), kSubscription);
}

}  // namespace
}  // namespace partnerlink::directory::orders
