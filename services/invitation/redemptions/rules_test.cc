#include "services/invitation/redemptions/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

namespace partnerlink::invitation::redemptions {
namespace {

using common::v1::ErrorReason;
using testing::ElementsAre;
using testing::IsEmpty;
using v1::Invitation;

constexpr char kPartner[] = "partners/contoso";

// An acceptance to which nothing can be objected, and everything the rules look at.
struct Case {
  Case() {
    invitation.set_state(Invitation::PENDING);
    invitation.mutable_grant_request()->add_roles("user_admin");
    invitation.mutable_grant_request()->add_roles("license_admin");
    principal.subject = "carl";
    principal.account = "customers/northwind";
    principal.family = AccountFamily::kCustomer;
    principal.roles = {"global_admin"};
    request.set_agreement_version("2026-11");
    request.mutable_company()->set_display_name("Northwind");
    situation.askers.partner_is_active = true;
    situation.same_region = true;
    situation.current_agreement = "2026-11";
  }

  absl::Status Check() const {
    return CheckAcceptance(invitation, kPartner, hint_email_key, principal, request, situation);
  }

  Invitation invitation;
  std::string hint_email_key;
  Principal principal;
  v1::AcceptInvitationRequest request;
  Situation situation;
};

TEST(AcceptanceTest, OfTheRightCustomerIsAllowed) {
  EXPECT_TRUE(Case().Check().ok()) << Case().Check();
}

// Everything that may be wrong with account, role, kind of state or region, one at a time.
TEST(AcceptanceTest, WhateverIsWrongIsRefusedWithItsReason) {
  using Spoil = void (*)(Case&);
  const std::pair<ErrorReason, Spoil> cases[] = {
      {common::v1::INVITATION_NOT_ISSUED,
       [](Case& c) { c.invitation.set_state(Invitation::DRAFT); }},
      {common::v1::INVITATION_EXPIRED,
       [](Case& c) { c.invitation.set_state(Invitation::EXPIRED); }},
      {common::v1::INVITATION_REVOKED,
       [](Case& c) { c.invitation.set_state(Invitation::REVOKED); }},
      {common::v1::INVITATION_USED, [](Case& c) { c.invitation.set_state(Invitation::ACCEPTED); }},
      {common::v1::INVITATION_DECLINED,
       [](Case& c) { c.invitation.set_state(Invitation::DECLINED); }},
      {common::v1::INVITATION_EXHAUSTED,
       [](Case& c) { c.invitation.set_state(Invitation::EXHAUSTED); }},
      {common::v1::INVITATION_NOT_ISSUED,
       [](Case& c) { c.invitation.set_state(Invitation::AWAITING_PROVIDER); }},
      {common::v1::INVITATION_REVOKED,
       [](Case& c) { c.invitation.set_state(Invitation::REFUSED); }},
      {common::v1::INVITATION_DECLINED, [](Case& c) { c.situation.has_declined = true; }},
      {common::v1::PARTNER_SUSPENDED,
       [](Case& c) { c.situation.askers.partner_is_active = false; }},
      {common::v1::PARTNER_SUSPENDED,
       [](Case& c) { c.situation.askers.provider_is_active = false; }},
      {common::v1::PARTNERSHIP_INACTIVE,
       [](Case& c) { c.situation.askers.partnership_is_active = false; }},
      {common::v1::WRONG_KIND, [](Case& c) { c.principal.family = AccountFamily::kPartner; }},
      {common::v1::WRONG_KIND, [](Case& c) { c.invitation.set_kind(Invitation::PARTNERSHIP); }},
      {common::v1::SELF_RELATIONSHIP,
       [](Case& c) { c.invitation.set_provider("partners/northwind"); }},
      {common::v1::WRONG_ACCOUNT,
       [](Case& c) { c.invitation.mutable_customer_hint()->set_account("customers/tailspin"); }},
      {common::v1::WRONG_ACCOUNT,
       [](Case& c) { c.invitation.mutable_customer_hint()->set_domain("northwind.example"); }},
      {common::v1::WRONG_ACCOUNT, [](Case& c) { c.hint_email_key = "carl@northwind.example"; }},
      {common::v1::WRONG_ACCOUNT,
       [](Case& c) {
         c.hint_email_key = "carl@northwind.example";
         c.situation.email_key = "carla@northwind.example";
       }},
      {common::v1::SELF_RELATIONSHIP, [](Case& c) { c.principal.account = "customers/contoso"; }},
      {common::v1::GRANT_ROLE_FORBIDDEN, [](Case& c) { c.principal.roles = {"billing_admin"}; }},
      {common::v1::GRANT_ROLE_FORBIDDEN, [](Case& c) { c.principal.roles = {}; }},
      {common::v1::FIELD_INVALID, [](Case& c) { c.request.add_accepted_roles("global_admin"); }},
      {common::v1::FIELD_INVALID,
       [](Case& c) {
         // Relationship would refuse it for ever, after the link was used up.
         c.request.add_accepted_roles("user_admin");
         c.request.add_accepted_roles("user_admin");
       }},
      {common::v1::FIELD_INVALID,
       [](Case& c) {
         c.invitation.set_relationship_only(true);
         c.invitation.clear_grant_request();
         c.request.add_accepted_roles("user_admin");
       }},
      {common::v1::AGREEMENT_VERSION, [](Case& c) { c.request.set_agreement_version("2020-01"); }},
      {common::v1::COMPANY_REQUIRED, [](Case& c) { c.request.clear_company(); }},
      {common::v1::REGION, [](Case& c) { c.situation.same_region = false; }},
  };
  for (const auto& [reason, spoil] : cases) {
    Case spoilt;
    spoil(spoilt);
    const absl::Status status = spoilt.Check();
    EXPECT_EQ(ReasonOf(status), reason) << status;
    EXPECT_EQ(status.code(), CodeOf(reason)) << status;
  }
}

TEST(AcceptanceTest, EveryHintMustFit) {
  enum Hint { kAbsent, kFits, kDoesNot };
  constexpr Hint kHints[] = {kAbsent, kFits, kDoesNot};
  for (const Hint account : kHints) {
    for (const Hint domain : kHints) {
      for (const Hint email : kHints) {
        Case one;
        auto& hint = *one.invitation.mutable_customer_hint();
        if (account == kFits) hint.set_account("customers/northwind");
        if (account == kDoesNot) hint.set_account("customers/northwind2");
        if (domain != kAbsent) hint.set_domain("northwind.example");
        one.situation.verified_domains = {"other.example"};
        if (domain == kFits) one.situation.verified_domains.push_back("northwind.example");
        if (email != kAbsent) one.hint_email_key = "carl@northwind.example";
        one.situation.email_key = email == kFits ? "carl@northwind.example" : "";
        const bool fits = account != kDoesNot && domain != kDoesNot && email != kDoesNot;
        const absl::Status status = one.Check();
        EXPECT_EQ(status.ok(), fits) << account << domain << email;
        if (!fits) {
          EXPECT_EQ(ReasonOf(status), common::v1::WRONG_ACCOUNT);
        }
        EXPECT_EQ(CheckAccount(one.invitation, kPartner, one.hint_email_key, one.principal,
                               one.situation),
                  status)
            << "declining asks for the same account";
      }
    }
  }
}

TEST(AcceptanceTest, ADomainBindsByVerificationNotByItsEnd) {
  Case one;
  one.invitation.mutable_customer_hint()->set_domain("northwind.example");
  one.situation.verified_domains = {"evilnorthwind.example", "example", "a.northwind.example"};
  EXPECT_EQ(ReasonOf(one.Check()), common::v1::WRONG_ACCOUNT);
}

TEST(AcceptanceTest, ABillingAdministratorAcceptsWithoutTheGrant) {
  Case one;
  one.principal.roles = {"billing_admin"};
  one.request.set_decline_grant(true);
  EXPECT_TRUE(one.Check().ok()) << one.Check();
  Case other;
  other.principal.roles = {"billing_admin"};
  other.invitation.set_relationship_only(true);
  other.invitation.clear_grant_request();
  EXPECT_TRUE(other.Check().ok()) << other.Check();
}

TEST(AcceptanceTest, AKnownCustomerNeedNotSayWhoItIs) {
  Case one;
  one.request.clear_company();
  one.situation.customer_is_known = true;
  EXPECT_TRUE(one.Check().ok()) << one.Check();
}

// A reseller, asked for a partnership.
struct PartnershipCase : Case {
  PartnershipCase() {
    invitation.set_kind(Invitation::PARTNERSHIP);
    invitation.set_relationship_only(true);
    invitation.clear_grant_request();
    principal.account = "partners/northwind";
    principal.family = AccountFamily::kPartner;
    request.clear_company();
    situation.account_is_reseller = true;
  }
};

TEST(AcceptanceTest, OfAPartnershipIsTheResellers) {
  PartnershipCase one;
  EXPECT_TRUE(one.Check().ok()) << one.Check();
  one.situation.account_is_reseller = false;
  EXPECT_EQ(ReasonOf(one.Check()), common::v1::WRONG_KIND);
  PartnershipCase other;
  other.principal.account = kPartner;
  EXPECT_EQ(ReasonOf(other.Check()), common::v1::SELF_RELATIONSHIP);
}

// The account is judged first: a stranger learns nothing of roles, agreement or region.
TEST(AcceptanceTest, AStrangerHearsOnlyThatItIsOne) {
  Case one;
  one.invitation.mutable_customer_hint()->set_account("customers/tailspin");
  one.principal.roles = {"billing_admin"};
  one.request.set_agreement_version("");
  one.request.clear_company();
  one.situation.same_region = false;
  EXPECT_EQ(ReasonOf(one.Check()), common::v1::WRONG_ACCOUNT);
}

TEST(MayAnswerTest, OnlyThoseWhoAcceptForTheirAccount) {
  const auto may = [](AccountFamily family, std::vector<std::string> roles) {
    Principal principal;
    principal.family = family;
    principal.roles = std::move(roles);
    return MayAnswer(principal);
  };
  EXPECT_TRUE(may(AccountFamily::kCustomer, {"global_admin"}));
  EXPECT_TRUE(may(AccountFamily::kCustomer, {"billing_admin"}));
  EXPECT_TRUE(may(AccountFamily::kPartner, {"sales_agent", "global_admin"}));
  EXPECT_FALSE(may(AccountFamily::kPartner, {"admin_agent", "sales_agent", "helpdesk_agent"}));
  EXPECT_FALSE(may(AccountFamily::kCustomer, {}));
  EXPECT_FALSE(may(AccountFamily::kOperator, {"operator"}));
  EXPECT_FALSE(may(AccountFamily::kNone, {}));
}

TEST(MayAnswerTest, WhoMayNotIsToldFirstIfTheLinkIsNotForItsKind) {
  for (const Invitation::Kind kind :
       {Invitation::CUSTOMER, Invitation::CUSTOMER_WITH_PROVIDER, Invitation::PARTNERSHIP}) {
    Invitation invitation;
    invitation.set_kind(kind);
    Principal principal;
    principal.family = AccountFamily::kPartner;
    principal.roles = {"admin_agent"};
    Situation situation;
    situation.account_is_reseller = true;
    const bool is_for_partners = kind == Invitation::PARTNERSHIP;
    EXPECT_EQ(ReasonOf(CheckMayAnswer(invitation, principal, situation)),
              is_for_partners ? common::v1::ROLE_MISSING : common::v1::WRONG_KIND);
    situation.account_is_reseller = false;
    EXPECT_EQ(ReasonOf(CheckMayAnswer(invitation, principal, situation)), common::v1::WRONG_KIND);
    principal.roles = {"global_admin"};
    EXPECT_TRUE(CheckMayAnswer(invitation, principal, situation).ok()) << "is judged later";
    principal.family = AccountFamily::kCustomer;
    principal.roles = {};
    EXPECT_EQ(ReasonOf(CheckMayAnswer(invitation, principal, situation)),
              is_for_partners ? common::v1::WRONG_KIND : common::v1::ROLE_MISSING);
  }
}

TEST(NotAcceptableTest, EveryStateHasItsReason) {
  const std::map<Invitation::State, ErrorReason> reasons = {
      {Invitation::DRAFT, common::v1::INVITATION_NOT_ISSUED},
      {Invitation::AWAITING_PROVIDER, common::v1::INVITATION_NOT_ISSUED},
      {Invitation::REFUSED, common::v1::INVITATION_REVOKED},
      {Invitation::EXHAUSTED, common::v1::INVITATION_EXHAUSTED},
      {Invitation::ACCEPTED, common::v1::INVITATION_USED},
      {Invitation::DECLINED, common::v1::INVITATION_DECLINED},
      {Invitation::REVOKED, common::v1::INVITATION_REVOKED},
      {Invitation::EXPIRED, common::v1::INVITATION_EXPIRED}};
  for (const auto& [state, reason] : reasons) {
    for (const bool active : {true, false}) {
      EXPECT_EQ(NotAcceptable(state, Askers{active}), reason);
      EXPECT_EQ(ReasonOf(CheckAcceptable(state, Askers{active})), reason);
    }
    EXPECT_EQ(ReasonOf(CheckDeclinable(state)), reason);
  }
  EXPECT_EQ(NotAcceptable(Invitation::PENDING, Askers{true}), std::nullopt);
  EXPECT_TRUE(CheckAcceptable(Invitation::PENDING, Askers{true}).ok());
  EXPECT_EQ(ReasonOf(CheckAcceptable(Invitation::PENDING, Askers{false})),
            common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(NotAcceptable(Invitation::PENDING, Askers{true, false, true}),
            common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(NotAcceptable(Invitation::PENDING, Askers{true, true, false}),
            common::v1::PARTNERSHIP_INACTIVE);
  EXPECT_TRUE(CheckDeclinable(Invitation::PENDING).ok());
}

TEST(RolesGivenTest, AreAllAskedForUnlessNarrowedOrDeclined) {
  Case one;
  EXPECT_THAT(RolesGiven(one.invitation, one.request), ElementsAre("user_admin", "license_admin"));
  one.request.add_accepted_roles("license_admin");
  EXPECT_THAT(RolesGiven(one.invitation, one.request), ElementsAre("license_admin"));
  one.request.clear_accepted_roles();
  one.request.set_decline_grant(true);
  EXPECT_THAT(RolesGiven(one.invitation, one.request), IsEmpty());
  Case bare;
  bare.invitation.set_relationship_only(true);
  EXPECT_THAT(RolesGiven(bare.invitation, bare.request), IsEmpty());
}

TEST(LinkTest, WhatIsNoLinkOfOursHasOneAnswer) {
  EXPECT_EQ(ReasonOf(NoSuchInvitation()), common::v1::INVITATION_NOT_FOUND);
  EXPECT_EQ(NoSuchInvitation().code(), absl::StatusCode::kNotFound);
}

}  // namespace
}  // namespace partnerlink::invitation::redemptions
