// UpdatePartner and GetAttestationText: what each does, refuses and leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/relationship/partners/handlers.h"
#include "services/relationship/relationships/handlers.h"
#include "tests/component/relationship_fixture.h"

namespace partnerlink::update_partner_test {
namespace {

using relationship::v1::AttestationText;
using relationship::v1::Partner;
using relationship::v1::UpdatePartnerRequest;
using support::Anna;
using support::Bert;
using support::kContoso;
using support::kFabrikam;
using support::PrincipalOf;
using support::RelationshipCall;
using support::TestCall;
using testing::ElementsAre;
using testing::HasSubstr;
using Policies = Partner::Policies;

class UpdatePartnerTest : public support::RelationshipTest {
 protected:
  absl::StatusOr<Partner> Update(const UpdatePartnerRequest& request,
                                 const Principal& principal = Anna()) {
    PARTNERLINK_RETURN_IF_ERROR(relationship::partners::ValidateUpdatePartner(request));
    const TestCall call = RelationshipCall("UpdatePartner", principal);
    return relationship::partners::UpdatePartner(call.context, relationship_deps_, request);
  }

  Partner ReadPartner(const std::string& name = kContoso) {
    relationship::v1::GetPartnerRequest request;
    request.set_name(name);
    const TestCall call = RelationshipCall("GetPartner", PrincipalOf("operators", {"operator"}));
    return *relationship::partners::GetPartner(call.context, relationship_deps_, request);
  }

  static UpdatePartnerRequest Renaming(const std::string& to = "Contoso Ltd") {
    UpdatePartnerRequest request;
    request.mutable_partner()->set_name(kContoso);
    request.mutable_partner()->set_display_name(to);
    return request;
  }
};

TEST_F(UpdatePartnerTest, WritesWhatIsNamedAndNothingElse) {
  const Partner before = ReadPartner();
  UpdatePartnerRequest request = Renaming("not written");
  request.mutable_update_mask()->add_paths("policies.on_removal");
  request.mutable_update_mask()->add_paths("policies.revoke_after_days");
  Policies& policies = *request.mutable_partner()->mutable_policies();
  policies.set_on_removal(Policies::REVOKE_GRANTS_AFTER);
  policies.set_revoke_after_days(30);
  policies.set_removal_notice(Policies::NOTIFY);
  request.mutable_partner()->set_country("DE");
  const auto updated = Update(request);
  ASSERT_TRUE(updated.ok()) << updated.status();
  Partner expected = before;
  expected.mutable_policies()->set_on_removal(Policies::REVOKE_GRANTS_AFTER);
  expected.mutable_policies()->set_revoke_after_days(30);
  EXPECT_NE(updated->etag(), before.etag());
  expected.set_etag(updated->etag());
  *expected.mutable_update_time() = updated->update_time();
  expected.clear_portal_customers();  // only in GetPartner's answer
  EXPECT_EQ(updated->SerializeAsString(), expected.SerializeAsString());
  expected.mutable_portal_customers();
  EXPECT_EQ(ReadPartner().SerializeAsString(), expected.SerializeAsString());
}

TEST_F(UpdatePartnerTest, WithoutAMaskWhatIsGiven) {
  const auto updated = Update(Renaming());
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->display_name(), "Contoso Ltd");
  EXPECT_EQ(updated->policies().SerializeAsString(),
            ReadPartner(kFabrikam).policies().SerializeAsString());
}

TEST_F(UpdatePartnerTest, DaysGoWithTheirPolicyOnly) {
  UpdatePartnerRequest request;
  request.mutable_partner()->set_name(kContoso);
  Policies& policies = *request.mutable_partner()->mutable_policies();
  request.mutable_update_mask()->add_paths("policies.on_removal");
  request.mutable_update_mask()->add_paths("policies.revoke_after_days");
  const std::vector<std::pair<Policies::OnRemoval, int>> wrong = {
      {Policies::KEEP_GRANTS, 30},
      {Policies::REVOKE_GRANTS, 30},
      {Policies::REVOKE_GRANTS_AFTER, 0},
      {Policies::REVOKE_GRANTS_AFTER, -1},
      {Policies::REVOKE_GRANTS_AFTER, 366}};
  for (const auto& [on_removal, days] : wrong) {
    policies.set_on_removal(on_removal);
    policies.set_revoke_after_days(days);
    EXPECT_EQ(ReasonOf(Update(request).status()), common::v1::FIELD_INVALID) << on_removal << days;
  }
  for (const int days : {1, 365}) {
    policies.set_on_removal(Policies::REVOKE_GRANTS_AFTER);
    policies.set_revoke_after_days(days);
    EXPECT_EQ(Update(request)->policies().revoke_after_days(), days);
  }
}

TEST_F(UpdatePartnerTest, WhatCannotBeChangedIsRefused) {
  for (const char* path : {"country", "types", "partner_number", "state", "name", "etag",
                           "create_time", "nope", "policies.nope", ""}) {
    UpdatePartnerRequest request = Renaming();
    request.mutable_update_mask()->add_paths(path);
    EXPECT_EQ(ReasonOf(Update(request).status()), common::v1::FIELD_INVALID) << path;
  }
  for (const std::string& name : {std::string(), std::string(201, 'x')}) {
    UpdatePartnerRequest request = Renaming(name);
    request.mutable_update_mask()->add_paths("display_name");
    EXPECT_EQ(ReasonOf(Update(request).status()), common::v1::FIELD_INVALID) << name;
  }
  EXPECT_EQ(ReadPartner().display_name(), "Partner partners/contoso");
}

TEST_F(UpdatePartnerTest, OthersPartnersDoNotExist) {
  const absl::Status others = Update(Renaming(), Bert()).status();
  EXPECT_EQ(ReasonOf(others), common::v1::RESOURCE_NOT_FOUND);
  UpdatePartnerRequest request = Renaming();
  request.mutable_partner()->set_name("partners/nobody");
  const absl::Status nobodys = Update(request).status();
  EXPECT_EQ(ToRpcStatus(others).SerializeAsString(), ToRpcStatus(nobodys).SerializeAsString());
  EXPECT_EQ(ReadPartner().display_name(), "Partner partners/contoso");
}

TEST_F(UpdatePartnerTest, ASuspendedPartnerIsRefusedAnOperatorIsNot) {
  database_.Run("UPDATE relationship.partners SET state = 'SUSPENDED'");
  EXPECT_EQ(ReasonOf(Update(Renaming()).status()), common::v1::PARTNER_SUSPENDED);
  const auto updated = Update(Renaming(), PrincipalOf("operators", {"operator"}));
  ASSERT_TRUE(updated.ok()) << updated.status();
  EXPECT_EQ(updated->display_name(), "Contoso Ltd");
  EXPECT_EQ(updated->state(), Partner::SUSPENDED);
}

TEST_F(UpdatePartnerTest, AnEtagIsOfThePresentRow) {
  UpdatePartnerRequest request = Renaming();
  request.mutable_partner()->set_etag(ReadPartner().etag());
  ASSERT_TRUE(Update(request).ok());
  const std::string before = WholeDatabase();
  request.mutable_partner()->set_display_name("Again");
  EXPECT_EQ(ReasonOf(Update(request).status()), common::v1::ETAG_MISMATCH);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(UpdatePartnerTest, ARepeatedRequestIdGetsTheSameAnswerAndHasOneEffect) {
  UpdatePartnerRequest request = Renaming();
  request.set_request_id(NewUuid());
  const auto first = Update(request);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string before = WholeDatabase();
  EXPECT_EQ(Update(request)->SerializeAsString(), first->SerializeAsString());
  request.mutable_partner()->set_display_name("Other");
  EXPECT_EQ(ReasonOf(Update(request).status()), common::v1::REQUEST_ID_REUSED);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(UpdatePartnerTest, LeavesOneAuditRowWithBeforeAndAfterAndOneEvent) {
  NewEvents();
  const int audited = AuditRows();
  ASSERT_TRUE(Update(Renaming()).ok());
  EXPECT_THAT(NewEvents(), ElementsAre("partner.updated partners/contoso"));
  EXPECT_EQ(AuditRows() - audited, 1);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.audit_entries WHERE actor = 'anna'"
                            " AND resource = 'partners/contoso' AND account = resource AND"
                            " before ->> 'displayName' = 'Partner partners/contoso' AND"
                            " after ->> 'displayName' = 'Contoso Ltd'"),
            1);
}

class AttestationTextTest : public support::RelationshipTest {
 protected:
  absl::StatusOr<AttestationText> Get(const std::string& locale) {
    relationship::v1::GetAttestationTextRequest request;
    request.set_locale(locale);
    PARTNERLINK_RETURN_IF_ERROR(relationship::relationships::ValidateGetAttestationText(request));
    const TestCall call = RelationshipCall("GetAttestationText", Anna());
    return relationship::relationships::GetAttestationText(call.context, relationship_deps_,
                                                           request);
  }

  void Add(const std::string& version, const std::string& locale, const std::string& since) {
    database_.Run(absl::StrCat("INSERT INTO relationship.attestation_texts VALUES ('", version,
                               "', '", locale, "', '", version, " ", locale, "', now() + '", since,
                               "')"));
  }
};

TEST_F(AttestationTextTest, IsTheFirstOneFromTheBeginning) {
  const auto text = Get("");
  ASSERT_TRUE(text.ok()) << text.status();
  EXPECT_EQ(text->version(), "2026-11");
  EXPECT_EQ(text->locale(), "en");
  EXPECT_THAT(text->text(), HasSubstr("good faith"));
  EXPECT_GT(text->effective_time().seconds(), 0);
}

TEST_F(AttestationTextTest, IsTheNewestInEffect) {
  Add("2099-01", "en", "1 second");
  EXPECT_EQ(Get("")->version(), "2026-11");
  Add("2027-01", "en", "0 seconds");
  EXPECT_EQ(Get("")->version(), "2027-01");
}

TEST_F(AttestationTextTest, IsInTheNearestLocaleOfTheNewestVersion) {
  Add("2027-01", "en", "0 seconds");
  Add("2027-01", "de", "0 seconds");
  Add("2027-01", "de-CH", "0 seconds");
  Add("2026-11", "pl", "-1 days");
  const std::vector<std::pair<std::string, std::string>> nearest = {
      {"", "en"},         {"en", "en"},       {"en-GB", "en"}, {"de", "de"},        {"de-AT", "de"},
      {"de-CH", "de-CH"}, {"DE-ch", "de-CH"}, {"pl", "en"},    {"zh-Hant-TW", "en"}};
  for (const auto& [asked, answered] : nearest) {
    const auto text = Get(asked);
    ASSERT_TRUE(text.ok()) << asked << text.status();
    EXPECT_EQ(text->locale(), answered) << asked;
    EXPECT_EQ(text->text(), absl::StrCat("2027-01 ", answered)) << asked;
  }
}

TEST_F(AttestationTextTest, AMalformedLocaleIsRefused) {
  for (const char* locale : {"e", "not a locale", "en_GB;", "en--GB", "'"}) {
    EXPECT_EQ(ReasonOf(Get(locale).status()), common::v1::FIELD_INVALID) << locale;
  }
}

}  // namespace
}  // namespace partnerlink::update_partner_test
