#include "services/relationship/grants/rules.h"

#include <gtest/gtest.h>

#include <map>
#include <utility>
#include <vector>

#include "common/context/testing/principal.h"

namespace partnerlink::relationship::grants {
namespace {

using partnerlink::access::Facts;
using support::PrincipalOf;
using v1::Grant;
using v1::Relationship;
using Terms = v1::EstablishRelationshipsRequest::GrantTerms;

constexpr char kName[] = "partners/contoso/grants/0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee";

Terms UserAdmin() {
  Terms terms;
  terms.set_partner("partners/contoso");
  terms.add_roles("user_admin");
  return terms;
}

absl::Status Check(const Terms& terms) {
  FieldViolations violations;
  CheckTerms(terms, "grant", violations);
  return violations.ToStatus();
}

Principal Contoso() { return PrincipalOf("partners/contoso", {"global_admin"}); }

v1::CreateGrantRequest Asking() {
  v1::CreateGrantRequest request;
  request.set_parent("partners/contoso");
  request.mutable_grant()->set_customer("customers/acme");
  request.mutable_grant()->add_roles("user_admin");
  request.mutable_grant()->add_roles("license_admin");
  return request;
}

Facts Having(std::vector<Relationship::State> states, bool grant = false) {
  Facts facts;
  facts.partner_active = true;
  for (const Relationship::State state : states) {
    Relationship& relationship = facts.relationships.emplace_back();
    relationship.set_name("relationships/1");
    relationship.set_type(Relationship::RESELLER);
    relationship.set_state(state);
  }
  if (grant) facts.grants.emplace_back().add_roles("user_admin");
  return facts;
}

// The README's table, row by row; every pair that is not in it is refused.
TEST(AfterTest, IsTheTableAndNothingElse) {
  const std::map<std::pair<Action, Grant::State>, Grant::State> table = {
      {{Action::kUpdate, Grant::CREATED}, Grant::CREATED},
      {{Action::kDelete, Grant::CREATED}, Grant::CREATED},
      {{Action::kRequest, Grant::CREATED}, Grant::APPROVAL_PENDING},
      {{Action::kWithdraw, Grant::APPROVAL_PENDING}, Grant::WITHDRAWN},
      {{Action::kApprove, Grant::APPROVAL_PENDING}, Grant::ACTIVE},
      {{Action::kDecline, Grant::APPROVAL_PENDING}, Grant::DECLINED},
      {{Action::kLapse, Grant::APPROVAL_PENDING}, Grant::LAPSED},
      {{Action::kTerminate, Grant::ACTIVE}, Grant::TERMINATED},
      {{Action::kDropRoles, Grant::ACTIVE}, Grant::ACTIVE},
      {{Action::kExpire, Grant::ACTIVE}, Grant::EXPIRED},
      {{Action::kExtend, Grant::ACTIVE}, Grant::ACTIVE},
  };
  int pairs = 0;
  for (int number = 0; number <= static_cast<int>(Action::kExtend); ++number) {
    const auto action = static_cast<Action>(number);
    EXPECT_EQ(EventOf(action).rfind("grant.", 0), 0u) << number;
    for (int state_number = 0; state_number < Grant::State_ARRAYSIZE; ++state_number) {
      const auto state = static_cast<Grant::State>(state_number);
      const auto row = table.find({action, state});
      const absl::Status checked = CheckAction(action, state);
      if (row != table.end()) {
        EXPECT_EQ(After(action, state), row->second) << EventOf(action) << state;
        EXPECT_TRUE(checked.ok()) << checked;
      } else {
        EXPECT_EQ(After(action, state), std::nullopt) << EventOf(action) << state;
        EXPECT_EQ(ReasonOf(checked), common::v1::STATE_TRANSITION) << EventOf(action) << state;
        ++pairs;
      }
    }
  }
  EXPECT_EQ(pairs, 11 * 9 - 11);
}

TEST(CheckReaderTest, ADraftIsNotThereForItsCustomer) {
  Grant grant;
  grant.set_partner("partners/contoso");
  grant.set_customer("customers/acme");
  const Principal customer = PrincipalOf("customers/acme", {"global_admin"});
  for (int number = Grant::CREATED; number <= Grant::State_MAX; ++number) {
    grant.set_state(static_cast<Grant::State>(number));
    EXPECT_EQ(CheckReader(customer, grant).ok(), number != Grant::CREATED) << number;
    EXPECT_TRUE(CheckReader(Contoso(), grant).ok()) << number;
    EXPECT_TRUE(CheckReader(PrincipalOf("operators", {"global_admin"}), grant).ok()) << number;
  }
  EXPECT_FALSE(SeesDrafts(customer));
  EXPECT_TRUE(SeesDrafts(Contoso()));
}

// Whatever the database would let through: see tests/matrix.
TEST(CheckReaderTest, OnlyThePartiesAndOperatorsSeeIt) {
  v1::Grant grant;
  grant.set_state(Grant::ACTIVE);
  grant.set_partner("partners/contoso");
  grant.set_customer("customers/acme");
  const auto sees = [&](AccountFamily family, const char* account) {
    Principal reader;
    reader.family = family;
    reader.account = account;
    return CheckReader(reader, grant).ok();
  };
  EXPECT_TRUE(sees(AccountFamily::kPartner, "partners/contoso"));
  EXPECT_TRUE(sees(AccountFamily::kCustomer, "customers/acme"));
  EXPECT_TRUE(sees(AccountFamily::kOperator, "operators"));
  EXPECT_FALSE(sees(AccountFamily::kPartner, "partners/fabrikam"));
  EXPECT_FALSE(sees(AccountFamily::kCustomer, "customers/contoso"));
  EXPECT_FALSE(sees(AccountFamily::kNone, ""));
}

TEST(CheckTermsTest, ARoleOfTheCatalogueIsFine) {
  Terms terms = UserAdmin();
  EXPECT_TRUE(Check(terms).ok());
  terms.set_duration_days(730);
  terms.set_auto_extend(180);
  EXPECT_TRUE(Check(terms).ok());
}

TEST(CheckTermsTest, WhatBreaksTheShapeIsRefused) {
  const std::vector<void (*)(Terms&)> faults = {
      [](Terms& t) { t.clear_roles(); },
      [](Terms& t) { t.add_roles("user_admin"); },
      [](Terms& t) { t.add_roles("owner"); },
      [](Terms& t) { t.set_duration_days(-1); },
      [](Terms& t) { t.set_duration_days(731); },
      [](Terms& t) { t.set_auto_extend(90); },
      [](Terms& t) {
        t.add_roles("global_admin");
        t.set_auto_extend(180);
      },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    Terms terms = UserAdmin();
    faults[i](terms);
    EXPECT_EQ(ReasonOf(Check(terms)), common::v1::FIELD_INVALID) << i;
  }
}

TEST(ToCreateTest, WithoutADurationAGrantHoldsForTheLongest) {
  EXPECT_EQ(ToCreate(UserAdmin(), "customers/acme", "").duration_days(), 730);
}

TEST(ToCreateTest, AGrantIsActiveFromTheStart) {
  Terms terms = UserAdmin();
  terms.set_duration_days(30);
  const v1::Grant grant = ToCreate(terms, "customers/acme", "partners/contoso/invitations/1");
  EXPECT_EQ(grant.state(), v1::Grant::ACTIVE);
  EXPECT_EQ(grant.duration_days(), 30);
  EXPECT_EQ(grant.partner(), "partners/contoso");
  EXPECT_EQ(grant.customer(), "customers/acme");
  EXPECT_EQ(grant.invitation(), "partners/contoso/invitations/1");
}

TEST(CheckDraftTest, WhatBreaksTheShapeIsRefusedAllAtOnce) {
  EXPECT_TRUE(CheckDraft(Asking().grant(), {}).ok());
  const std::vector<void (*)(Grant&)> faults = {
      [](Grant& g) { g.clear_customer(); },
      [](Grant& g) { g.set_customer("partners/acme"); },
      [](Grant& g) { g.clear_roles(); },
      [](Grant& g) { g.add_roles("user_admin"); },
      [](Grant& g) { g.add_roles("owner"); },
      [](Grant& g) { g.set_duration_days(731); },
      [](Grant& g) { g.set_duration_days(-1); },
      [](Grant& g) { g.set_auto_extend(90); },
      [](Grant& g) { g.set_display_name(std::string(201, 'x')); },
      [](Grant& g) { g.set_display_name("a\u202eb"); },
      [](Grant& g) { g.set_renews("grants/1"); },
      [](Grant& g) {
        g.add_roles("global_admin");
        g.set_auto_extend(90);
      },
      // Two at once: the shape comes first.
      [](Grant& g) {
        g.add_roles("global_admin");
        g.set_auto_extend(180);
        g.clear_customer();
      },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    Grant grant = Asking().grant();
    faults[i](grant);
    EXPECT_EQ(ReasonOf(CheckDraft(grant, {})), common::v1::FIELD_INVALID) << i;
  }
}

TEST(CheckDraftTest, GlobalAdminDoesNotExtendByItself) {
  Grant grant = Asking().grant();
  grant.set_auto_extend(180);
  EXPECT_TRUE(CheckDraft(grant, {}).ok());
  grant.add_roles("global_admin");
  EXPECT_EQ(ReasonOf(CheckDraft(grant, {})), common::v1::GRANT_ROLE_FORBIDDEN);
  grant.set_auto_extend(0);
  EXPECT_TRUE(CheckDraft(grant, {}).ok());
}

TEST(ToDraftTest, ItIsThePartnersAndHoldsForTheLongestUnlessItSays) {
  v1::CreateGrantRequest request = Asking();
  request.mutable_grant()->set_display_name("Care");
  request.mutable_grant()->set_state(Grant::ACTIVE);
  request.mutable_grant()->set_partner("partners/other");
  request.mutable_grant()->set_invitation("partners/contoso/invitations/1");
  const Grant draft = ToDraft(request);
  EXPECT_EQ(draft.partner(), "partners/contoso");
  EXPECT_EQ(draft.customer(), "customers/acme");
  EXPECT_EQ(draft.display_name(), "Care");
  EXPECT_EQ(draft.state(), Grant::CREATED);
  EXPECT_EQ(draft.duration_days(), 730);
  EXPECT_EQ(draft.invitation(), "");
  request.mutable_grant()->set_duration_days(30);
  EXPECT_EQ(ToDraft(request).duration_days(), 30);
}

TEST(ChooseRelationshipTest, OnlyACustomerThatThePartnerServesIsAsked) {
  const Grant draft = ToDraft(Asking());
  Grant kept = draft;
  kept.set_name(kName);
  const struct {
    Facts facts;
    std::optional<ErrorReason> of_new_draft;
    std::optional<ErrorReason> of_request;
  } table[] = {
      {Having({Relationship::ACTIVE}), std::nullopt, std::nullopt},
      {Having({Relationship::SUSPENDED, Relationship::ACTIVE}), std::nullopt, std::nullopt},
      {Having({Relationship::SUSPENDED}), common::v1::RELATIONSHIP_INACTIVE,
       common::v1::RELATIONSHIP_INACTIVE},
      {Having({Relationship::ENDING}, true), common::v1::RELATIONSHIP_INACTIVE,
       common::v1::RELATIONSHIP_INACTIVE},
      {Having({}, true), common::v1::RELATIONSHIP_MISSING, common::v1::RELATIONSHIP_MISSING},
      {Having({}), common::v1::RESOURCE_NOT_FOUND, common::v1::RELATIONSHIP_MISSING},
  };
  for (const auto& row : table) {
    const auto by = ChooseRelationship(Contoso(), draft, row.facts);
    EXPECT_EQ(ReasonOf(by.status()), row.of_new_draft);
    EXPECT_EQ(ReasonOf(ChooseRelationship(Contoso(), kept, row.facts).status()), row.of_request);
    if (by.ok()) {
      EXPECT_EQ(*by, "relationships/1");
    }
  }
}

TEST(CheckRenewalTest, OfTheSameCustomersThatIsActiveOrExpiredAndHasNoOther) {
  const Grant draft = ToDraft(Asking());
  Grant renewed = draft;
  for (int number = Grant::CREATED; number <= Grant::State_MAX; ++number) {
    renewed.set_state(static_cast<Grant::State>(number));
    const bool may = number == Grant::ACTIVE || number == Grant::EXPIRED;
    const absl::Status checked = CheckRenewal(draft, renewed, "");
    if (may) {
      EXPECT_TRUE(checked.ok()) << checked;
      EXPECT_EQ(ReasonOf(CheckRenewal(draft, renewed, kName)), common::v1::RENEWAL_EXISTS);
    } else {
      EXPECT_EQ(ReasonOf(checked), common::v1::STATE_TRANSITION) << number;
    }
  }
  renewed.set_state(Grant::ACTIVE);
  renewed.set_customer("customers/other");
  EXPECT_EQ(ReasonOf(CheckRenewal(draft, renewed, "")), common::v1::FIELD_INVALID);
}

TEST(EditedTest, OnlyWritableFieldsChangeAndTheResultIsSound) {
  Grant before = ToDraft(Asking());
  before.set_name(kName);
  const auto edit = [&](const std::vector<std::string>& paths,
                        const Grant& asked) -> absl::StatusOr<Grant> {
    google::protobuf::FieldMask mask;
    for (const std::string& path : paths) mask.add_paths(path);
    PARTNERLINK_ASSIGN_OR_RETURN(const auto writable, UpdatePaths(mask, asked));
    return Edited(before, writable, asked);
  };
  Grant asked;
  asked.set_display_name("Care");
  asked.set_duration_days(30);
  asked.set_customer("customers/other");
  const auto edited = edit({}, asked);
  ASSERT_TRUE(edited.ok()) << edited.status();
  EXPECT_EQ(edited->display_name(), "Care");
  EXPECT_EQ(edited->duration_days(), 30);
  EXPECT_EQ(edited->customer(), "customers/acme");
  EXPECT_EQ(edited->roles_size(), 2);
  for (const char* path :
       {"customer", "renews", "state", "partner", "end_time", "name", "nothing"}) {
    EXPECT_EQ(ReasonOf(edit({path}, asked).status()), common::v1::FIELD_INVALID) << path;
  }
  EXPECT_EQ(ReasonOf(edit({"roles"}, asked).status()), common::v1::FIELD_INVALID) << "none left";
  EXPECT_EQ(edit({"duration_days"}, Grant())->duration_days(), 730) << "the default";
  Grant all;
  all.add_roles("global_admin");
  all.set_auto_extend(180);
  EXPECT_EQ(ReasonOf(edit({}, all).status()), common::v1::GRANT_ROLE_FORBIDDEN);
}

TEST(ApprovedTest, TheCustomerGivesWhatWasAskedForOrLess) {
  Grant asked = ToDraft(Asking());
  asked.set_duration_days(90);
  asked.set_auto_extend(180);
  v1::ApproveGrantRequest request;
  EXPECT_EQ(Approved(asked, request)->SerializeAsString(), asked.SerializeAsString());
  request.add_roles("license_admin");
  request.set_duration_days(30);
  request.set_decline_auto_extend(true);
  const auto less = Approved(asked, request);
  ASSERT_TRUE(less.ok()) << less.status();
  EXPECT_EQ(less->roles_size(), 1);
  EXPECT_EQ(less->roles(0), "license_admin");
  EXPECT_EQ(less->duration_days(), 30);
  EXPECT_EQ(less->auto_extend(), 0);
  request.add_roles("service_admin");
  EXPECT_EQ(ReasonOf(Approved(asked, request).status()), common::v1::FIELD_INVALID);
  request.clear_roles();
  request.set_duration_days(91);
  EXPECT_EQ(ReasonOf(Approved(asked, request).status()), common::v1::FIELD_INVALID);
  FieldViolations violations;
  request.set_duration_days(731);
  CheckApproval(request, violations);
  EXPECT_FALSE(violations.empty());
}

TEST(CheckRelationshipTest, AnApprovalNeedsAnActiveOne) {
  EXPECT_EQ(ReasonOf(CheckRelationship(std::nullopt)), common::v1::RELATIONSHIP_INACTIVE);
  for (const Relationship::State state :
       {Relationship::ACTIVE, Relationship::SUSPENDED, Relationship::ENDING, Relationship::ENDED}) {
    Relationship relationship;
    relationship.set_state(state);
    const absl::Status checked = CheckRelationship(relationship);
    if (state == Relationship::ACTIVE) {
      EXPECT_TRUE(checked.ok()) << checked;
    } else {
      EXPECT_EQ(ReasonOf(checked), common::v1::RELATIONSHIP_INACTIVE) << state;
    }
  }
}

TEST(WithoutRolesTest, OnlyWhatItHoldsCanBeDropped) {
  const Grant grant = ToDraft(Asking());
  v1::DropGrantRolesRequest request;
  FieldViolations violations;
  CheckDropping(request, violations);
  EXPECT_FALSE(violations.empty()) << "none";
  request.add_roles("user_admin");
  const auto left = WithoutRoles(grant, request);
  ASSERT_TRUE(left.ok()) << left.status();
  ASSERT_EQ(left->roles_size(), 1);
  EXPECT_EQ(left->roles(0), "license_admin");
  request.add_roles("license_admin");
  EXPECT_EQ(WithoutRoles(grant, request)->roles_size(), 0);
  request.add_roles("service_admin");
  EXPECT_EQ(ReasonOf(WithoutRoles(grant, request).status()), common::v1::FIELD_INVALID);
  request.add_roles("service_admin");
  FieldViolations twice;
  CheckDropping(request, twice);
  EXPECT_FALSE(twice.empty());
}

}  // namespace
}  // namespace partnerlink::relationship::grants
