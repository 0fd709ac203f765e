#include "services/directory/transfers/rules.h"

#include <initializer_list>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/context/testing/principal.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnerlink::directory::transfers {
namespace {

using relationship::v1::Relationship;
using support::PrincipalOf;
using ::testing::HasSubstr;
using v1::Subscription;
using v1::Transfer;

constexpr char kAsking[] = "relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5b";
constexpr char kReleasing[] = "relationships/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5c";
constexpr char kSubscription[] =
    "customers/acme/subscriptions/0190a1b2-c3d4-7e5f-8a9b-0c1d2e3f4a5d";

Principal Agent(const std::string& account, const std::string& role = "sales_agent") {
  return PrincipalOf(account, {role});
}

Subscription Sold() {
  Subscription subscription;
  subscription.set_name(kSubscription);
  subscription.set_partner("partners/contoso");
  subscription.set_relationship(kReleasing);
  subscription.set_state(Subscription::ACTIVE);
  return subscription;
}

Transfer Asked() {
  Transfer transfer;
  transfer.set_name("partners/fabrikam/transfers/1");
  transfer.set_customer("customers/acme");
  transfer.set_partner("partners/fabrikam");
  transfer.set_relationship(kAsking);
  transfer.set_releasing_partner("partners/contoso");
  transfer.set_releasing_relationship(kReleasing);
  transfer.set_state(Transfer::REQUESTED);
  return transfer;
}

access::Facts Holding(const char* name, Relationship::State state, bool partner_active = true) {
  access::Facts facts;
  facts.partner_active = partner_active;
  Relationship& relationship = facts.relationships.emplace_back();
  relationship.set_name(name);
  relationship.set_type(Relationship::RESELLER);
  relationship.set_state(state);
  return facts;
}

TEST(AfterTest, WhatWaitsIsAnsweredOnce) {
  const std::vector<std::pair<Action, Transfer::State>> answers = {
      {Action::kAccept, Transfer::ACCEPTED},
      {Action::kRefuse, Transfer::REFUSED},
      {Action::kCancel, Transfer::CANCELLED},
      {Action::kExpire, Transfer::EXPIRED}};
  for (const auto& [action, state] : answers) {
    EXPECT_EQ(After(action, Transfer::REQUESTED), state);
    for (const auto over : {Transfer::STATE_UNSPECIFIED, Transfer::ACCEPTED, Transfer::REFUSED,
                            Transfer::CANCELLED, Transfer::EXPIRED}) {
      EXPECT_EQ(After(action, over), std::nullopt);
      EXPECT_EQ(ReasonOf(CheckAction(action, over)), common::v1::STATE_TRANSITION);
    }
  }
}

TEST(CheckShapeTest, NeedsASubscriptionAndAShortReason) {
  const auto shape = [](const std::string& subscription, const std::string& reason) {
    Transfer transfer;
    transfer.set_subscription(subscription);
    transfer.set_reason(reason);
    FieldViolations violations;
    CheckShape(transfer, violations);
    return violations.ToStatus();
  };
  EXPECT_TRUE(shape(kSubscription, std::string(300, 'x')).ok());
  EXPECT_THAT(std::string(shape("", "").message()), HasSubstr("transfer.subscription:"));
  EXPECT_THAT(std::string(shape("customers/acme", "").message()),
              HasSubstr("transfer.subscription:"));
  EXPECT_THAT(std::string(shape(kSubscription, std::string(301, 'x')).message()),
              HasSubstr("transfer.reason:"));
}

TEST(ToRequestTest, TakesBothSidesFromWhatIsThere) {
  v1::RequestTransferRequest request;
  request.set_parent("partners/fabrikam");
  request.mutable_transfer()->set_reason("They moved to us.");
  request.mutable_transfer()->set_partner("partners/other");
  request.mutable_transfer()->set_releasing_partner("partners/other");
  const auto transfer = ToRequest(Agent("partners/fabrikam"), request, kAsking, Sold());
  ASSERT_TRUE(transfer.ok()) << transfer.status();
  EXPECT_EQ(transfer->subscription(), kSubscription);
  EXPECT_EQ(transfer->customer(), "customers/acme");
  EXPECT_EQ(transfer->partner(), "partners/fabrikam");
  EXPECT_EQ(transfer->relationship(), kAsking);
  EXPECT_EQ(transfer->releasing_partner(), "partners/contoso");
  EXPECT_EQ(transfer->releasing_relationship(), kReleasing);
  EXPECT_EQ(transfer->reason(), "They moved to us.");
  EXPECT_EQ(transfer->actor(), "anna");
}

TEST(ToRequestTest, NobodyAsksForItsOwn) {
  v1::RequestTransferRequest request;
  request.set_parent("partners/contoso");
  EXPECT_EQ(ReasonOf(ToRequest(Agent("partners/contoso"), request, kReleasing, Sold()).status()),
            common::v1::FIELD_INVALID);
}

TEST(CheckPartyTest, BothPartnersAndNobodyElse) {
  EXPECT_TRUE(CheckParty(Agent("partners/fabrikam"), Asked()).ok());
  EXPECT_TRUE(CheckParty(Agent("partners/contoso"), Asked()).ok());
  EXPECT_EQ(ReasonOf(CheckParty(Agent("partners/other"), Asked())), common::v1::RESOURCE_NOT_FOUND);
}

TEST(CheckDeciderTest, WhoHasItAnswersAndWhoAsksTakesBack) {
  const auto check = [](const char* account, Action action) {
    return ReasonOf(CheckDecider(Agent(account), Asked(), action));
  };
  for (const Action action : {Action::kAccept, Action::kRefuse}) {
    EXPECT_EQ(check("partners/contoso", action), std::nullopt);
    EXPECT_EQ(check("partners/fabrikam", action), common::v1::PERMISSION_MISSING);
  }
  EXPECT_EQ(check("partners/fabrikam", Action::kCancel), std::nullopt);
  EXPECT_EQ(check("partners/contoso", Action::kCancel), common::v1::PERMISSION_MISSING);
}

TEST(CheckReleaserTest, GivesAwayByItsOwnRelationshipOnly) {
  const auto check = [](const access::Facts& facts, const std::string& role = "sales_agent") {
    return ReasonOf(CheckReleaser(Agent("partners/contoso", role), Asked(), facts));
  };
  EXPECT_EQ(check(Holding(kReleasing, Relationship::ACTIVE)), std::nullopt);
  EXPECT_EQ(check(Holding(kReleasing, Relationship::ENDING)), common::v1::RELATIONSHIP_INACTIVE);
  EXPECT_EQ(check(Holding(kReleasing, Relationship::ACTIVE), "helpdesk_agent"),
            common::v1::ROLE_MISSING);
  access::Facts by_grant = Holding(kAsking, Relationship::ACTIVE);
  by_grant.grants.emplace_back().add_roles("global_admin");
  EXPECT_EQ(check(by_grant), common::v1::RELATIONSHIP_INACTIVE);
  EXPECT_EQ(check(Holding(kReleasing, Relationship::ACTIVE, false)), common::v1::PARTNER_SUSPENDED);
  // Of one that is over nothing is held any more: it is named all the same.
  access::Facts nothing;
  nothing.partner_active = true;
  EXPECT_EQ(check(nothing), common::v1::RELATIONSHIP_INACTIVE);
  const absl::Status refused =
      CheckReleaser(Agent("partners/contoso", "sales_agent"), Asked(), nothing);
  EXPECT_NE(ToRpcStatus(refused).SerializeAsString().find(kReleasing), std::string::npos);
}

TEST(CheckReceiverTest, MustServeTheCustomerAtThatMoment) {
  const auto check = [](const access::Facts& facts) {
    return ReasonOf(CheckReceiver(Asked(), facts));
  };
  EXPECT_EQ(check(Holding(kAsking, Relationship::ACTIVE)), std::nullopt);
  for (const access::Facts& facts :
       {Holding(kAsking, Relationship::SUSPENDED), Holding(kAsking, Relationship::ENDING),
        Holding(kReleasing, Relationship::ACTIVE), Holding(kAsking, Relationship::ACTIVE, false),
        access::Facts()}) {
    EXPECT_EQ(check(facts), common::v1::RELATIONSHIP_INACTIVE);
  }
}

TEST(CheckStillReleasersTest, WhatHasGoneElsewhereIsNotGivenAway) {
  Subscription subscription = Sold();
  EXPECT_TRUE(CheckStillReleasers(Asked(), &subscription).ok());
  subscription.set_relationship(kAsking);
  EXPECT_EQ(ReasonOf(CheckStillReleasers(Asked(), &subscription)), common::v1::STATE_TRANSITION);
  EXPECT_EQ(ReasonOf(CheckStillReleasers(Asked(), nullptr)), common::v1::STATE_TRANSITION);
}

}  // namespace
}  // namespace partnerlink::directory::transfers
