#include "services/relationship/partnerships/rules.h"

#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace partnerlink::relationship::partnerships {
namespace {

using v1::EstablishPartnershipRequest;
using v1::EstablishPartnershipResponse;
using v1::Partner;
using v1::Partnership;

constexpr char kName[] = "partners/tailwind/partnerships/0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee";

EstablishPartnershipRequest Acceptance() {
  EstablishPartnershipRequest request;
  request.set_source("partners/tailwind/invitations/x/redemptions/y");
  request.set_invitation("partners/tailwind/invitations/x");
  request.set_provider("partners/tailwind");
  request.set_reseller("partners/contoso");
  request.set_actor("anna");
  request.set_root_event("0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee");
  return request;
}

absl::Status Shape(const EstablishPartnershipRequest& request) {
  FieldViolations violations;
  CheckShape(request, violations);
  return violations.ToStatus();
}

Partner Of(Partner::State state, std::vector<Partner::Type> types) {
  Partner partner;
  partner.set_state(state);
  for (const Partner::Type type : types) partner.add_types(type);
  return partner;
}

// The README's table, row by row; every pair that is not in it is refused.
TEST(AfterTest, IsTheTableAndNothingElse) {
  const std::map<std::pair<Action, Partnership::State>, Partnership::State> table = {
      {{Action::kSuspend, Partnership::ACTIVE}, Partnership::SUSPENDED},
      {{Action::kResume, Partnership::SUSPENDED}, Partnership::ACTIVE},
      {{Action::kEnd, Partnership::ACTIVE}, Partnership::ENDED},
      {{Action::kEnd, Partnership::SUSPENDED}, Partnership::ENDED},
  };
  for (const Action action : {Action::kSuspend, Action::kResume, Action::kEnd}) {
    for (int number = 0; number < Partnership::State_ARRAYSIZE; ++number) {
      const auto state = static_cast<Partnership::State>(number);
      const auto row = table.find({action, state});
      const auto after = After(action, state);
      const absl::Status checked = CheckAction(action, state);
      if (row != table.end()) {
        EXPECT_EQ(after, row->second) << EventOf(action) << number;
        EXPECT_TRUE(checked.ok()) << checked;
      } else {
        EXPECT_EQ(after, std::nullopt) << EventOf(action) << number;
        EXPECT_EQ(ReasonOf(checked), common::v1::STATE_TRANSITION) << EventOf(action) << number;
      }
    }
  }
}

TEST(EventOfTest, EachActionHasItsOwn) {
  EXPECT_EQ(EventOf(Action::kSuspend), "partnership.suspended");
  EXPECT_EQ(EventOf(Action::kResume), "partnership.resumed");
  EXPECT_EQ(EventOf(Action::kEnd), "partnership.ended");
}

TEST(CheckPartyTest, TheTwoAndOperatorsAreNobodyElseIs) {
  const Partnership partnership = ToEstablish(Acceptance());
  const std::vector<std::tuple<AccountFamily, std::string, bool>> callers = {
      {AccountFamily::kPartner, "partners/tailwind", true},
      {AccountFamily::kPartner, "partners/contoso", true},
      {AccountFamily::kOperator, std::string(kOperators), true},
      {AccountFamily::kPartner, "partners/fabrikam", false},
      {AccountFamily::kCustomer, "customers/contoso", false},
      {AccountFamily::kNone, "", false}};
  for (const auto& [family, account, is_party] : callers) {
    Principal caller;
    caller.family = family;
    caller.account = account;
    const absl::Status checked = CheckParty(caller, partnership);
    if (is_party) {
      EXPECT_TRUE(checked.ok()) << account;
    } else {
      EXPECT_EQ(ReasonOf(checked), common::v1::RESOURCE_NOT_FOUND) << account;
    }
  }
}

TEST(CheckShapeTest, ASoundRequestPassesAndEachFaultIsFound) {
  EXPECT_TRUE(Shape(Acceptance()).ok());
  const std::vector<std::function<void(EstablishPartnershipRequest&)>> faults = {
      [](auto& r) { r.clear_source(); },      [](auto& r) { r.set_source(std::string(301, 'x')); },
      [](auto& r) { r.clear_invitation(); },  [](auto& r) { r.set_provider("customers/tailwind"); },
      [](auto& r) { r.clear_reseller(); },    [](auto& r) { r.clear_actor(); },
      [](auto& r) { r.set_actor("a\nb"); },   [](auto& r) { r.set_actor(std::string(256, 'x')); },
      [](auto& r) { r.set_root_event("1"); },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    EstablishPartnershipRequest request = Acceptance();
    faults[i](request);
    EXPECT_EQ(ReasonOf(Shape(request)), common::v1::FIELD_INVALID) << i;
  }
}

TEST(ToEstablishTest, BeginsActiveWithWhatWasAccepted) {
  const Partnership partnership = ToEstablish(Acceptance());
  EXPECT_EQ(partnership.state(), Partnership::ACTIVE);
  EXPECT_EQ(partnership.provider(), "partners/tailwind");
  EXPECT_EQ(partnership.reseller(), "partners/contoso");
  EXPECT_EQ(partnership.invitation(), "partners/tailwind/invitations/x");
}

TEST(WhyNotTest, WhatComesFirstCounts) {
  const Partner provider = Of(Partner::ACTIVE, {Partner::PROVIDER});
  const Partner reseller = Of(Partner::ACTIVE, {Partner::RESELLER});
  const Partner both = Of(Partner::ACTIVE, {Partner::RESELLER, Partner::PROVIDER});
  const Partner suspended = Of(Partner::SUSPENDED, {Partner::RESELLER, Partner::PROVIDER});
  const std::vector<std::pair<Ground, std::optional<ErrorReason>>> rows = {
      {{&provider, &reseller, true}, std::nullopt},
      {{&both, &both, true}, std::nullopt},
      {{nullptr, &reseller, true}, common::v1::PARTNER_SUSPENDED},
      {{&provider, nullptr, true}, common::v1::PARTNER_SUSPENDED},
      {{&suspended, &reseller, true}, common::v1::PARTNER_SUSPENDED},
      {{&provider, &suspended, false}, common::v1::PARTNER_SUSPENDED},
      {{&reseller, &reseller, true}, common::v1::WRONG_KIND},
      {{&provider, &provider, false}, common::v1::WRONG_KIND},
      {{&provider, &reseller, false}, common::v1::REGION},
  };
  for (size_t i = 0; i < rows.size(); ++i) {
    EXPECT_EQ(WhyNot(ToEstablish(Acceptance()), rows[i].first), rows[i].second) << i;
  }
  EstablishPartnershipRequest with_itself = Acceptance();
  with_itself.set_reseller(with_itself.provider());
  EXPECT_EQ(WhyNot(ToEstablish(with_itself), {&both, &both, true}), common::v1::SELF_RELATIONSHIP);
}

TEST(AnswersTest, SayWhatBecameOfIt) {
  Partnership partnership;
  partnership.set_name(kName);
  EXPECT_EQ(Established(partnership).state(), EstablishPartnershipResponse::ACTIVE);
  EXPECT_EQ(Established(partnership).partnership(), kName);
  EXPECT_EQ(Exists(partnership).state(), EstablishPartnershipResponse::REFUSED);
  EXPECT_EQ(Exists(partnership).reason(), common::v1::PARTNERSHIP_EXISTS);
  EXPECT_EQ(Exists(partnership).partnership(), kName);
  EXPECT_EQ(Refused(common::v1::REGION).reason(), common::v1::REGION);
  EXPECT_EQ(Refused(common::v1::REGION).partnership(), "");
}

}  // namespace
}  // namespace partnerlink::relationship::partnerships
