#include "services/relationship/relationships/rules.h"

#include "gtest/gtest.h"

namespace partnerlink::relationship::relationships {
namespace {

using v1::EstablishRelationshipsRequest;
using v1::Relationship;
using Answer = v1::EstablishRelationshipsResponse::Edge;

EstablishRelationshipsRequest Combined() {
  EstablishRelationshipsRequest request;
  request.set_source("partners/contoso/invitations/1/redemptions/2");
  request.set_origin(Relationship::INVITATION);
  request.set_invitation("partners/contoso/invitations/1");
  request.set_customer("customers/acme");
  request.mutable_company()->set_display_name("Acme");
  request.mutable_company()->set_country("PL");
  auto& reseller = *request.add_edges();
  reseller.set_type(Relationship::RESELLER);
  reseller.set_partner("partners/contoso");
  auto& provider = *request.add_edges();
  provider.set_type(Relationship::PROVIDER);
  provider.set_partner("partners/distri");
  provider.set_via_partner("partners/contoso");
  request.mutable_grant()->set_partner("partners/contoso");
  request.set_actor("ann");
  request.set_root_event("0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee");
  return request;
}

absl::Status Shape(const EstablishRelationshipsRequest& request) {
  FieldViolations violations;
  CheckShape(request, violations);
  return violations.ToStatus();
}

TEST(ParseNameTest, TakesRelationshipsWithAUuidAndNothingElse) {
  EXPECT_EQ(ParseName("relationships/0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee"),
            "0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee");
  for (const char* name : {"", "relationships", "relationships/", "relationships/-",
                           "relationships/1", "relationship/0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee",
                           "relationships/0190aaaa-bbbb-7ccc-8ddd-eeeeeeeeeeee/x"}) {
    EXPECT_EQ(ParseName(name), std::nullopt) << name;
  }
}

// Whatever the database would let through: see tests/matrix.
TEST(CheckReaderTest, OnlyThePartiesAndOperatorsSeeIt) {
  Relationship relationship;
  relationship.set_partner("partners/contoso");
  relationship.set_customer("customers/acme");
  const auto sees = [&](AccountFamily family, const char* account) {
    Principal reader;
    reader.family = family;
    reader.account = account;
    return CheckReader(reader, relationship).ok();
  };
  EXPECT_TRUE(sees(AccountFamily::kPartner, "partners/contoso"));
  EXPECT_TRUE(sees(AccountFamily::kCustomer, "customers/acme"));
  EXPECT_TRUE(sees(AccountFamily::kOperator, "operators"));
  EXPECT_FALSE(sees(AccountFamily::kPartner, "partners/fabrikam"));
  EXPECT_FALSE(sees(AccountFamily::kCustomer, "customers/contoso"));
  EXPECT_FALSE(sees(AccountFamily::kNone, ""));
}

TEST(CheckShapeTest, AWholeRequestIsFine) { EXPECT_TRUE(Shape(Combined()).ok()); }

TEST(CheckShapeTest, ACompanyThatDirectoryKnowsMayBeLeftOut) {
  EstablishRelationshipsRequest request = Combined();
  request.clear_company();
  EXPECT_TRUE(Shape(request).ok());
}

TEST(CheckShapeTest, WhatBreaksTheShapeIsRefused) {
  using Request = EstablishRelationshipsRequest;
  const std::vector<void (*)(Request&)> faults = {
      [](Request& r) { r.clear_source(); },
      [](Request& r) { r.clear_origin(); },
      [](Request& r) { r.set_origin(static_cast<Relationship::Origin>(9)); },
      [](Request& r) { r.clear_invitation(); },
      [](Request& r) { r.set_customer("customers/-"); },
      [](Request& r) { r.set_customer("partners/acme"); },
      [](Request& r) { r.mutable_company()->clear_display_name(); },
      [](Request& r) { r.mutable_company()->set_country("pl"); },
      [](Request& r) { r.clear_edges(); },
      [](Request& r) { r.mutable_edges(1)->set_type(Relationship::RESELLER); },
      [](Request& r) { r.mutable_edges(0)->clear_type(); },
      [](Request& r) { r.mutable_edges(0)->set_type(static_cast<Relationship::Type>(9)); },
      [](Request& r) { *r.add_edges() = r.edges(0); },
      [](Request& r) { r.mutable_edges(1)->set_partner("distri"); },
      [](Request& r) { r.mutable_edges(0)->set_via_partner("partners/distri"); },
      [](Request& r) { r.mutable_edges(1)->set_via_partner("contoso"); },
      [](Request& r) { r.mutable_grant()->set_partner("partners/fabrikam"); },
      [](Request& r) { r.set_channel(static_cast<common::v1::Channel>(99)); },
      [](Request& r) { r.clear_actor(); },
      [](Request& r) { r.set_actor("a\nb"); },
      [](Request& r) { r.clear_root_event(); },
      [](Request& r) { r.set_root_event("0190AAAA-BBBB-7CCC-8DDD-EEEEEEEEEEEE"); },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    EstablishRelationshipsRequest request = Combined();
    faults[i](request);
    EXPECT_EQ(ReasonOf(Shape(request)), common::v1::FIELD_INVALID) << i;
  }
}

TEST(WhyNotTest, FollowsTheTable) {
  v1::Partner active;
  active.set_state(v1::Partner::ACTIVE);
  v1::Partner suspended;
  suspended.set_state(v1::Partner::SUSPENDED);
  const struct {
    const v1::Partner* partner;
    bool same_region;
    std::optional<ErrorReason> reason;
  } table[] = {
      {&active, true, std::nullopt},
      {&active, false, common::v1::REGION},
      {&suspended, true, common::v1::PARTNER_SUSPENDED},
      {&suspended, false, common::v1::PARTNER_SUSPENDED},
      {nullptr, true, common::v1::PARTNER_SUSPENDED},
      {nullptr, false, common::v1::PARTNER_SUSPENDED},
  };
  for (const auto& row : table) EXPECT_EQ(WhyNot({row.partner, row.same_region}), row.reason);
  EXPECT_EQ(WhyNot({&active, true, true}), common::v1::CUSTOMER_EXISTS);
  EXPECT_EQ(WhyNot({&suspended, true, true}), common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(WhyNot({&active, true, false, true}), common::v1::PARTNERSHIP_INACTIVE);
  EXPECT_EQ(WhyNot({&active, false, false, true}), common::v1::REGION);
  EXPECT_EQ(WhyNot({&suspended, true, false, true}), common::v1::PARTNER_SUSPENDED);
}

TEST(AnswerTest, EachSaysWhatBecameOfItsEdge) {
  const EstablishRelationshipsRequest request = Combined();
  Relationship wanted = ToEstablish(request, request.edges(1));
  EXPECT_EQ(wanted.state(), Relationship::ACTIVE);
  EXPECT_EQ(wanted.via_partner(), "partners/contoso");
  const Answer refused = Refused(wanted, common::v1::REGION);
  EXPECT_EQ(refused.state(), Answer::REFUSED);
  EXPECT_EQ(refused.reason(), common::v1::REGION);
  EXPECT_EQ(refused.relationship(), "");
  wanted.set_name("relationships/1");
  const Answer exists = Exists(wanted);
  EXPECT_EQ(exists.state(), Answer::REFUSED);
  EXPECT_EQ(exists.reason(), common::v1::RELATIONSHIP_EXISTS);
  EXPECT_EQ(exists.relationship(), "relationships/1");
  const Answer established = Established(wanted);
  EXPECT_EQ(established.state(), Answer::ACTIVE);
  EXPECT_EQ(established.reason(), common::v1::ERROR_REASON_UNSPECIFIED);
  EXPECT_EQ(established.type(), Relationship::PROVIDER);
  EXPECT_EQ(established.partner(), "partners/distri");
}

TEST(MayHoldGrantTest, OnlyAPartnerThatCanHaveNoRelationshipMayNot) {
  const struct {
    ErrorReason reason;
    bool may;
  } table[] = {
      {common::v1::RELATIONSHIP_EXISTS, true},   {common::v1::REGION, false},
      {common::v1::CUSTOMER_EXISTS, false},      {common::v1::PARTNER_SUSPENDED, false},
      {common::v1::PARTNERSHIP_INACTIVE, false},
  };
  const EstablishRelationshipsRequest request = Combined();
  const Relationship reseller = ToEstablish(request, request.edges(0));
  for (const auto& row : table) {
    v1::EstablishRelationshipsResponse response;
    *response.add_edges() = Refused(reseller, row.reason);
    EXPECT_EQ(MayHoldGrant(response, "partners/contoso"), row.may) << row.reason;
  }
  v1::EstablishRelationshipsResponse response;
  *response.add_edges() = Established(reseller);
  *response.add_edges() = Refused(ToEstablish(request, request.edges(1)), common::v1::REGION);
  EXPECT_TRUE(MayHoldGrant(response, "partners/contoso"));
}

TEST(AfterTest, FollowsTheTableAndNothingElse) {
  constexpr auto kNo = Relationship::STATE_UNSPECIFIED;
  constexpr auto kActive = Relationship::ACTIVE;
  constexpr auto kPaused = Relationship::SUSPENDED;
  constexpr auto kEnding = Relationship::ENDING;
  constexpr auto kEnded = Relationship::ENDED;
  const struct {
    Action action;
    Relationship::State unspecified, active, suspended, ending, ended;
  } table[] = {
      // what it does, –, ACTIVE, SUSPENDED, ENDING, ENDED
      {Action::kSuspend, kNo, kPaused, kNo, kNo, kNo},
      {Action::kResume, kNo, kNo, kActive, kNo, kNo},
      {Action::kRemove, kNo, kEnded, kEnded, kNo, kNo},
      {Action::kEnd, kNo, kEnding, kEnding, kNo, kNo},
      {Action::kWithdrawEnd, kNo, kNo, kNo, kPaused, kNo},
      {Action::kFinishEnd, kNo, kNo, kNo, kEnded, kNo},
  };
  for (const auto& row : table) {
    const Relationship::State after[] = {row.unspecified, row.active, row.suspended, row.ending,
                                         row.ended};
    for (int from = 0; from < Relationship::State_ARRAYSIZE; ++from) {
      const auto state = static_cast<Relationship::State>(from);
      const auto next = After(row.action, state, Relationship::SUSPENDED);
      EXPECT_EQ(next.value_or(kNo), after[from]) << static_cast<int>(row.action) << " " << from;
      const absl::Status checked = CheckAction(row.action, state);
      EXPECT_EQ(ReasonOf(checked) == common::v1::STATE_TRANSITION, !next.has_value());
    }
  }
  EXPECT_EQ(After(Action::kWithdrawEnd, Relationship::ENDING, Relationship::ACTIVE),
            Relationship::ACTIVE);
}

TEST(EventOfTest, EachActionHasOne) {
  EXPECT_EQ(EventOf(Action::kSuspend), "relationship.suspended");
  EXPECT_EQ(EventOf(Action::kResume), "relationship.resumed");
  EXPECT_EQ(EventOf(Action::kEnd), "relationship.ending");
  EXPECT_EQ(EventOf(Action::kWithdrawEnd), "relationship.end_withdrawn");
  EXPECT_EQ(EventOf(Action::kRemove), "relationship.ended");
  EXPECT_EQ(EventOf(Action::kFinishEnd), "relationship.ended");
}

TEST(CheckPauserTest, OperatorsAndTheProviderThatItGoesThrough) {
  const auto who = [](AccountFamily family, const char* account) {
    Principal caller;
    caller.family = family;
    caller.account = account;
    return caller;
  };
  const Principal olga = who(AccountFamily::kOperator, "operators");
  const Principal reseller = who(AccountFamily::kPartner, "partners/contoso");
  const Principal provider = who(AccountFamily::kPartner, "partners/distri");
  const Principal customer = who(AccountFamily::kCustomer, "customers/acme");
  const EstablishRelationshipsRequest request = Combined();
  const Relationship resellers = ToEstablish(request, request.edges(0));
  const Relationship providers = ToEstablish(request, request.edges(1));
  const struct {
    const Principal& caller;
    const Relationship& relationship;
    bool is_through;
    std::optional<ErrorReason> reason;
  } table[] = {
      {olga, resellers, false, std::nullopt},
      {olga, providers, false, std::nullopt},
      {provider, providers, false, std::nullopt},
      {provider, resellers, true, std::nullopt},
      {provider, resellers, false, common::v1::RESOURCE_NOT_FOUND},
      {reseller, resellers, false, common::v1::PERMISSION_MISSING},
      {reseller, resellers, true, common::v1::PERMISSION_MISSING},
      {reseller, providers, false, common::v1::RESOURCE_NOT_FOUND},
      {reseller, providers, true, common::v1::RESOURCE_NOT_FOUND},
      {customer, resellers, false, common::v1::RESOURCE_NOT_FOUND},
  };
  for (const auto& row : table) {
    EXPECT_EQ(ReasonOf(CheckPauser(row.caller, row.relationship, row.is_through)), row.reason)
        << row.caller.account << " " << row.is_through;
  }
}

TEST(CheckPartyTest, ThePartnerRemovesAndTheCustomerEnds) {
  Relationship relationship;
  relationship.set_partner("partners/contoso");
  relationship.set_customer("customers/acme");
  Principal caller;
  for (const char* account : {"partners/contoso", "customers/acme", "operators",
                              "partners/fabrikam", "customers/contoso", ""}) {
    caller.account = account;
    EXPECT_EQ(CheckRemover(caller, relationship).ok(), caller.account == "partners/contoso");
    EXPECT_EQ(CheckEnder(caller, relationship).ok(), caller.account == "customers/acme");
  }
}

TEST(RevokedAfterTest, AsThePolicySays) {
  v1::Partner::Policies policies;
  EXPECT_EQ(RevokedAfter(policies), std::nullopt);
  policies.set_on_removal(v1::Partner::Policies::KEEP_GRANTS);
  EXPECT_EQ(RevokedAfter(policies), std::nullopt);
  policies.set_on_removal(v1::Partner::Policies::REVOKE_GRANTS);
  EXPECT_EQ(RevokedAfter(policies), absl::ZeroDuration());
  policies.set_on_removal(v1::Partner::Policies::REVOKE_GRANTS_AFTER);
  policies.set_revoke_after_days(30);
  EXPECT_EQ(RevokedAfter(policies), absl::Hours(720));
}

}  // namespace
}  // namespace partnerlink::relationship::relationships
