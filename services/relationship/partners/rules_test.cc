#include "services/relationship/partners/rules.h"

#include "common/context/testing/principal.h"
#include "google/protobuf/util/message_differencer.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"

namespace partnerlink::relationship::partners {
namespace {

using google::protobuf::util::MessageDifferencer;
using support::PrincipalOf;
using v1::Partner;
using Policies = v1::Partner::Policies;

Partner Contoso() {
  Partner partner;
  partner.set_display_name("Contoso");
  partner.add_types(Partner::RESELLER);
  partner.set_country("PL");
  partner.set_partner_number("C-100");
  return partner;
}

absl::Status Shape(const Partner& partner) {
  FieldViolations violations;
  CheckShape(partner, violations);
  return violations.ToStatus();
}

google::protobuf::Map<std::string, std::string> MetadataOf(const absl::Status& status) {
  const google::rpc::Status rpc = ToRpcStatus(status);
  google::rpc::ErrorInfo info;
  for (const auto& detail : rpc.details()) {
    if (detail.type_url().ends_with("google.rpc.ErrorInfo")) info.ParseFromString(detail.value());
  }
  return info.metadata();
}

TEST(CheckShapeTest, AWholePartnerIsFine) { EXPECT_TRUE(Shape(Contoso()).ok()); }

TEST(CheckShapeTest, EveryRequiredFieldIsNamedAtOnce) {
  const std::string text(Shape(Partner()).message());
  EXPECT_NE(text.find("(and 3 more)"), std::string::npos) << text;
}

TEST(CheckShapeTest, WhatBreaksTheShapeIsRefused) {
  const std::vector<void (*)(Partner&)> faults = {
      [](Partner& p) { p.set_display_name(std::string(201, 'x')); },
      [](Partner& p) { p.set_display_name(" "); },
      [](Partner& p) { p.set_country("pl"); },
      [](Partner& p) { p.set_country("ZZ"); },
      [](Partner& p) { p.add_types(Partner::RESELLER); },
      [](Partner& p) { p.add_types(Partner::TYPE_UNSPECIFIED); },
      [](Partner& p) { p.add_types(static_cast<Partner::Type>(7)); },
      [](Partner& p) { p.set_partner_number("C_1"); },
      [](Partner& p) { p.set_partner_number(std::string(65, '1')); },
      [](Partner& p) {
        p.mutable_policies()->set_provider_consent(static_cast<Policies::ProviderConsent>(9));
      },
      [](Partner& p) { p.mutable_policies()->set_on_removal(static_cast<Policies::OnRemoval>(9)); },
      [](Partner& p) {
        p.mutable_policies()->set_removal_notice(static_cast<Policies::RemovalNotice>(9));
      },
      [](Partner& p) { p.mutable_policies()->set_revoke_after_days(1); },
      [](Partner& p) { p.mutable_policies()->set_on_removal(Policies::REVOKE_GRANTS_AFTER); },
      [](Partner& p) {
        p.mutable_policies()->set_on_removal(Policies::REVOKE_GRANTS_AFTER);
        p.mutable_policies()->set_revoke_after_days(366);
      },
      [](Partner& p) { p.mutable_policies()->set_end_notice_days(-1); },
      [](Partner& p) { p.mutable_policies()->set_end_notice_days(366); },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    Partner partner = Contoso();
    faults[i](partner);
    EXPECT_EQ(ReasonOf(Shape(partner)), common::v1::FIELD_INVALID) << i;
  }
}

TEST(ToEnrolTest, PoliciesThatAreNotSaidHaveTheirDefaults) {
  const Policies policies = ToEnrol(Contoso(), "partners/contoso").policies();
  EXPECT_EQ(policies.provider_consent(), Policies::AUTO);
  EXPECT_EQ(policies.on_removal(), Policies::KEEP_GRANTS);
  EXPECT_EQ(policies.removal_notice(), Policies::NONE);
  EXPECT_EQ(policies.end_notice_days(), 0);
}

TEST(ToEnrolTest, TakesWhatACallerWritesAndNothingElse) {
  Partner asked = Contoso();
  asked.set_name("partners/other");
  asked.set_state(Partner::SUSPENDED);
  asked.set_etag("x");
  asked.mutable_create_time()->set_seconds(1);
  EXPECT_TRUE(MessageDifferencer::Equals(ToEnrol(asked, "partners/contoso"),
                                         ToEnrol(Contoso(), "partners/contoso")));
}

TEST(EnrolledAlreadyTest, TheSameValuesAreTheSamePartner) {
  Partner enrolled = ToEnrol(Contoso(), "partners/contoso");
  enrolled.set_state(Partner::SUSPENDED);
  enrolled.set_etag("7");
  const auto answer = EnrolledAlready(ToEnrol(Contoso(), "partners/contoso"), true, {enrolled});
  ASSERT_TRUE(answer.ok());
  EXPECT_TRUE(MessageDifferencer::Equals(*answer, enrolled));
}

TEST(EnrolledAlreadyTest, TheOrderOfTypesIsNoOtherValue) {
  Partner one = Contoso();
  one.add_types(Partner::PROVIDER);
  Partner other = Contoso();
  other.clear_types();
  other.add_types(Partner::PROVIDER);
  other.add_types(Partner::RESELLER);
  EXPECT_TRUE(
      EnrolledAlready(ToEnrol(other, "partners/contoso"), true, {ToEnrol(one, "partners/contoso")})
          .ok());
}

TEST(EnrolledAlreadyTest, WithoutAnIdThePartnerIsKnownByItsNumber) {
  const auto answer = EnrolledAlready(ToEnrol(Contoso(), "partners/made-anew"), false,
                                      {ToEnrol(Contoso(), "partners/contoso")});
  ASSERT_TRUE(answer.ok());
  EXPECT_EQ(answer->name(), "partners/contoso");
}

TEST(EnrolledAlreadyTest, AnotherIdWithATakenNumberIsPartnerExists) {
  EXPECT_EQ(ReasonOf(EnrolledAlready(ToEnrol(Contoso(), "partners/other"), true,
                                     {ToEnrol(Contoso(), "partners/contoso")})
                         .status()),
            common::v1::PARTNER_EXISTS);
}

TEST(EnrolledAlreadyTest, OtherValuesArePartnerExistsWithNothingButTheName) {
  Partner other = Contoso();
  other.set_country("DE");
  const absl::Status status = EnrolledAlready(ToEnrol(Contoso(), "partners/contoso"), true,
                                              {ToEnrol(other, "partners/contoso")})
                                  .status();
  EXPECT_EQ(ReasonOf(status), common::v1::PARTNER_EXISTS);
  EXPECT_EQ(status.code(), absl::StatusCode::kAlreadyExists);
  const auto metadata = MetadataOf(status);
  ASSERT_EQ(metadata.size(), 1u);
  EXPECT_EQ(metadata.at("partner"), "partners/contoso");
}

TEST(EnrolledAlreadyTest, WhatWasChangedSinceIsNoOtherValue) {
  Partner changed = ToEnrol(Contoso(), "partners/contoso");
  changed.set_display_name("Contoso Sales");
  changed.mutable_policies()->set_end_notice_days(30);
  changed.set_etag("r1");
  const Partner wanted = ToEnrol(Contoso(), "partners/contoso");
  EXPECT_FALSE(EnrolledAlready(wanted, true, {changed}).ok()) << "it was enrolled so";
  changed.set_etag("r2");
  EXPECT_TRUE(EnrolledAlready(wanted, true, {changed}).ok());
  changed.set_country("DE");
  EXPECT_FALSE(EnrolledAlready(wanted, true, {changed}).ok()) << "nobody changes that";
}

TEST(HideFromTest, ThePartnerAndOperatorsSeeEverything) {
  Partner whole = ToEnrol(Contoso(), "partners/contoso");
  whole.set_state(Partner::ACTIVE);
  for (const Principal& reader :
       {PrincipalOf("partners/contoso", {}), PrincipalOf(std::string(kOperators), {})}) {
    Partner shown = whole;
    HideFrom(reader, shown);
    EXPECT_TRUE(MessageDifferencer::Equals(shown, whole)) << reader.account;
  }
}

TEST(HideFromTest, EveryoneElseSeesNameDisplayNameTypesAndCountry) {
  Partner whole = ToEnrol(Contoso(), "partners/contoso");
  whole.set_state(Partner::ACTIVE);
  whole.set_etag("1");
  whole.mutable_create_time()->set_seconds(1);
  whole.mutable_update_time()->set_seconds(1);
  Partner expected;
  expected.set_name("partners/contoso");
  expected.set_display_name("Contoso");
  expected.add_types(Partner::RESELLER);
  expected.set_country("PL");
  for (const Principal& reader :
       {PrincipalOf("customers/acme", {}), PrincipalOf("partners/fabrikam", {})}) {
    Partner shown = whole;
    HideFrom(reader, shown);
    EXPECT_TRUE(MessageDifferencer::Equals(shown, expected)) << reader.account;
  }
}

// The README's table, row by row; every pair that is not in it is refused.
TEST(AfterTest, OperatorsSuspendWhatIsActiveAndResumeWhatIsSuspended) {
  for (const Action action : {Action::kSuspend, Action::kResume}) {
    for (int number = 0; number < Partner::State_ARRAYSIZE; ++number) {
      const auto state = static_cast<Partner::State>(number);
      std::optional<Partner::State> expected;
      if (action == Action::kSuspend && state == Partner::ACTIVE) expected = Partner::SUSPENDED;
      if (action == Action::kResume && state == Partner::SUSPENDED) expected = Partner::ACTIVE;
      EXPECT_EQ(After(action, state), expected) << EventOf(action) << number;
      EXPECT_EQ(ReasonOf(CheckAction(action, state)),
                expected ? std::nullopt : std::optional(common::v1::STATE_TRANSITION))
          << EventOf(action) << number;
    }
  }
  EXPECT_EQ(EventOf(Action::kSuspend), "partner.suspended");
  EXPECT_EQ(EventOf(Action::kResume), "partner.resumed");
}

TEST(SeesWholeRowsTest, OnlyOperatorsDo) {
  EXPECT_TRUE(SeesWholeRows(PrincipalOf(std::string(kOperators), {})));
  EXPECT_FALSE(SeesWholeRows(PrincipalOf("partners/contoso", {})));
  EXPECT_FALSE(SeesWholeRows(PrincipalOf("customers/acme", {})));
}

}  // namespace
}  // namespace partnerlink::relationship::partners
