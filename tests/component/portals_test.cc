// The customers that a partner serves in other portals: recorded by operators, made relationships
// by a job once there is a partner of that number.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/auth/testing/temporary_folder.h"
#include "common/status/status.h"
#include "services/relationship/partners/handlers.h"
#include "services/relationship/portals/handlers.h"
#include "services/relationship/portals/job.h"
#include "tests/component/relationship_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::portals_test {
namespace {

using relationship::v1::EnrollPartnerRequest;
using relationship::v1::ImportPortalCustomersRequest;
using relationship::v1::ImportPortalCustomersResponse;
using relationship::v1::ListPortalRecordsRequest;
using relationship::v1::Partner;
using relationship::v1::PortalRecord;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::kTailspin;
using support::PrincipalOf;
using support::RelationshipCall;
using support::TestCall;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;

constexpr char kWoodgrove[] = "partners/woodgrove";
constexpr char kNumber[] = "woodgrove-1";

Principal Operator() { return PrincipalOf(std::string(kOperators), {"operator"}, "olga"); }

PortalRecord Record(const std::string& customer, const std::vector<std::string>& roles = {},
                    const std::string& portal = "office-admin") {
  PortalRecord record;
  record.set_portal(portal);
  record.set_partner_number(kNumber);
  record.set_customer(customer);
  record.mutable_company()->set_display_name(customer);
  record.mutable_company()->set_country("PL");
  record.mutable_roles()->Add(roles.begin(), roles.end());
  return record;
}

class PortalsTest : public support::RelationshipTest {
 protected:
  ImportPortalCustomersResponse Import(const std::vector<PortalRecord>& records,
                                       int64_t position = 0) {
    ImportPortalCustomersRequest request;
    request.set_position(position);
    request.mutable_records()->Add(records.begin(), records.end());
    EXPECT_TRUE(relationship::portals::ValidateImportPortalCustomers(request).ok());
    const TestCall call = RelationshipCall("ImportPortalCustomers", Operator());
    const auto response =
        relationship::portals::ImportPortalCustomers(call.context, relationship_deps_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    return response.ok() ? *response : ImportPortalCustomersResponse();
  }

  absl::StatusOr<Partner> Enrol(Partner::Type type = Partner::RESELLER) {
    EnrollPartnerRequest request;
    request.set_partner_id("woodgrove");
    request.mutable_partner()->set_display_name("Woodgrove");
    request.mutable_partner()->add_types(type);
    request.mutable_partner()->set_country("PL");
    request.mutable_partner()->set_partner_number(kNumber);
    const TestCall call = RelationshipCall("EnrollPartner", Operator());
    return relationship::partners::EnrollPartner(call.context, relationship_deps_, request);
  }

  absl::Status CarryOut() {
    return relationship::portals::CarryOutJobs(relationship_work_, relationship_deps_);
  }

  // As the partner sees them, by customer.
  std::vector<PortalRecord> RecordsSeenBy(const Principal& reader,
                                          const std::string& parent = kWoodgrove) {
    ListPortalRecordsRequest request;
    request.set_parent(parent);
    const TestCall call = RelationshipCall("ListPortalRecords", reader);
    const auto response =
        relationship::portals::ListPortalRecords(call.context, relationship_deps_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return {};
    return {response->portal_records().begin(), response->portal_records().end()};
  }
  std::vector<PortalRecord> Records() { return RecordsSeenBy(Wanda()); }

  static Principal Wanda() { return PrincipalOf(kWoodgrove, {"admin_agent"}, "wanda"); }

  Partner::PortalCustomers Progress() {
    relationship::v1::GetPartnerRequest request;
    request.set_name(kWoodgrove);
    const TestCall call = RelationshipCall("GetPartner", Wanda());
    const auto partner =
        relationship::partners::GetPartner(call.context, relationship_deps_, request);
    EXPECT_TRUE(partner.ok()) << partner.status();
    return partner.ok() ? partner->portal_customers() : Partner::PortalCustomers();
  }

  std::string Jobs() { return database_.Value("SELECT count(*) FROM relationship.portal_jobs"); }
};

TEST_F(PortalsTest, WhatWasRecordedBeforeTheEnrolmentIsItsListAfterIt) {
  Import({Record(kNorthwind, {"user_admin"}), Record(kTailspin)});
  ASSERT_TRUE(CarryOut().ok());
  EXPECT_EQ(Jobs(), "0") << "nobody has enrolled with the number";
  ASSERT_TRUE(Enrol().ok());
  EXPECT_EQ(Progress().recorded(), 2);
  ASSERT_TRUE(CarryOut().ok());
  TellDirectory();
  EXPECT_THAT(ListOf(kWoodgrove), UnorderedElementsAre(kNorthwind, kTailspin));
  EXPECT_EQ(Progress().recorded(), 0);
  EXPECT_EQ(Progress().established(), 2);
  EXPECT_EQ(Jobs(), "0");
  EXPECT_EQ(database_.Value("SELECT string_agg(DISTINCT origin || type || state, ',')"
                            " FROM relationship.relationships"),
            "PORTALRESELLERACTIVE");
  EXPECT_EQ(database_.Value("SELECT string_agg(customer || ' ' || roles::text, ',')"
                            " FROM relationship.grants"),
            "customers/northwind {user_admin}")
      << "a grant only where the record names roles";
  EXPECT_EQ(database_.Value("SELECT string_agg(DISTINCT channel, ',')"
                            " FROM directory.partner_customers"),
            "EXISTING_PORTAL");
  for (const PortalRecord& record : Records()) {
    EXPECT_EQ(record.state(), PortalRecord::ESTABLISHED);
    EXPECT_FALSE(record.relationship().empty());
  }
}

TEST_F(PortalsTest, ALaterRecordOfAnEnrolledPartnerIsCarriedOut) {
  ASSERT_TRUE(Enrol().ok());
  ASSERT_TRUE(CarryOut().ok());
  Import({Record(kNorthwind)});
  ASSERT_TRUE(CarryOut().ok());
  TellDirectory();
  EXPECT_THAT(ListOf(kWoodgrove), ElementsAre(kNorthwind));
}

TEST_F(PortalsTest, CustomersThatNobodyRecordedStayUnlisted) {
  Relate(kNorthwind, kFabrikam);
  Import({Record(kTailspin)});
  ASSERT_TRUE(Enrol().ok());
  ASSERT_TRUE(CarryOut().ok());
  TellDirectory();
  EXPECT_THAT(ListOf(kWoodgrove), ElementsAre(kTailspin));
}

TEST_F(PortalsTest, ARecordWhoseShapeIsWrongIsRejectedByItself) {
  PortalRecord wrong = Record(kTailspin);
  wrong.set_portal("Office Admin");
  const auto response = Import({wrong, Record(kNorthwind)}, 2000);
  EXPECT_EQ(response.committed_position(), 2002);
  EXPECT_EQ(response.accepted(), 1);
  ASSERT_EQ(response.rejected_size(), 1);
  EXPECT_EQ(response.rejected(0).row(), 2000);
  EXPECT_EQ(ReasonOf(FromRpcStatus(response.rejected(0).status())), common::v1::FIELD_INVALID);
  EXPECT_EQ(database_.Value("SELECT count(*) FROM relationship.portal_records"), "1");
}

TEST_F(PortalsTest, ImportedAgainItIsWrittenOverAndNothingIsMadeTwice) {
  ASSERT_TRUE(Enrol().ok());
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(Import({Record(kNorthwind), Record(kNorthwind)}).accepted(), 2);
    ASSERT_TRUE(CarryOut().ok());
  }
  EXPECT_EQ(database_.Value("SELECT count(*) FROM relationship.portal_records"), "1");
  EXPECT_EQ(database_.Value("SELECT count(*) FROM relationship.relationships"), "1");
}

TEST_F(PortalsTest, TwoPortalsMakeOneRelationship) {
  ASSERT_TRUE(Enrol().ok());
  Import({Record(kNorthwind), Record(kNorthwind, {}, "cloud")});
  ASSERT_TRUE(CarryOut().ok());
  const auto records = Records();
  ASSERT_EQ(records.size(), 2u);
  EXPECT_EQ(records[0].relationship(), records[1].relationship());
  EXPECT_EQ(Progress().established(), 2);
}

TEST_F(PortalsTest, WhatIsRefusedSaysWhyAndIsTriedAgainWithTheNextEnrolment) {
  Import({Record(kNorthwind)});
  ASSERT_TRUE(Enrol(Partner::PROVIDER).ok());
  ASSERT_TRUE(CarryOut().ok());
  EXPECT_EQ(Progress().refused(), 1);
  ASSERT_EQ(Records().size(), 1u);
  EXPECT_EQ(Records()[0].reason(), common::v1::WRONG_KIND);
  database_.Run("UPDATE relationship.partners SET types = '{RESELLER}' WHERE name = '" +
                std::string(kWoodgrove) + "'");
  ASSERT_TRUE(CarryOut().ok());
  EXPECT_EQ(Progress().refused(), 1) << "nobody has asked for it";
  ASSERT_TRUE(Enrol().ok());
  ASSERT_TRUE(CarryOut().ok());
  EXPECT_EQ(Progress().established(), 1);
  EXPECT_EQ(Records()[0].reason(), common::v1::ERROR_REASON_UNSPECIFIED);
}

TEST_F(PortalsTest, WhileThePartnerIsSuspendedItsRecordsWait) {
  ASSERT_TRUE(Enrol().ok());
  Suspend(kWoodgrove);
  Import({Record(kNorthwind)});
  ASSERT_TRUE(CarryOut().ok());
  EXPECT_EQ(database_.Value("SELECT state FROM relationship.portal_records"), "RECORDED");
  EXPECT_EQ(Jobs(), "1");
  EXPECT_EQ(database_.Value("SELECT count(*) FROM relationship.establishments"), "0");
}

TEST_F(PortalsTest, WhatItsPartnerHasRemovedDoesNotComeBackByTheNextImport) {
  ASSERT_TRUE(Enrol().ok());
  Import({Record(kNorthwind)});
  ASSERT_TRUE(CarryOut().ok());
  TellDirectory();
  ASSERT_TRUE(Remove(support::RemovalOf(Records()[0].relationship()), Wanda()).ok());
  Import({Record(kNorthwind)});
  ASSERT_TRUE(CarryOut().ok());
  TellDirectory();
  EXPECT_THAT(ListOf(kWoodgrove), IsEmpty());
}

TEST_F(PortalsTest, APartnerSeesItsNumbersRecordsOnly) {
  Import({Record(kNorthwind)});
  ASSERT_TRUE(Enrol().ok());
  EXPECT_EQ(RecordsSeenBy(Wanda()).size(), 1u);
  EXPECT_THAT(RecordsSeenBy(support::Bert(), kFabrikam), IsEmpty());
  EXPECT_EQ(RecordsSeenBy(Operator(), "partners/-").size(), 1u);
}

// Either the enrolment sees the record, or the import sees the partner.
TEST_F(PortalsTest, NothingIsLostBetweenAnImportAndAnEnrolmentAtTheSameTime) {
  for (int round = 0; round < 20; ++round) {
    const std::string number = absl::StrCat("racer-", round);
    support::Race(2, [&](int racer) {
      if (racer == 0) {
        PortalRecord record = Record(absl::StrCat("customers/racer-", round));
        record.set_partner_number(number);
        Import({record});
        return;
      }
      EnrollPartnerRequest request;
      request.mutable_partner()->set_display_name("Racer");
      request.mutable_partner()->add_types(Partner::RESELLER);
      request.mutable_partner()->set_country("PL");
      request.mutable_partner()->set_partner_number(number);
      const TestCall call = RelationshipCall("EnrollPartner", Operator());
      EXPECT_TRUE(
          relationship::partners::EnrollPartner(call.context, relationship_deps_, request).ok());
    });
  }
  ASSERT_TRUE(CarryOut().ok());
  EXPECT_EQ(database_.Value("SELECT count(*) FROM relationship.portal_records"
                            " WHERE state = 'ESTABLISHED'"),
            "20");
}

// Replicas carry out the same job: each record once.
TEST_F(PortalsTest, TwoReplicasShareAJob) {
  std::vector<PortalRecord> records;
  for (int i = 0; i < 60; ++i) records.push_back(Record(absl::StrCat("customers/shared-", i)));
  Import(records);
  ASSERT_TRUE(Enrol().ok());
  support::Race(2, [&](int) { EXPECT_TRUE(CarryOut().ok()); });
  ASSERT_TRUE(CarryOut().ok());
  EXPECT_EQ(Progress().established(), 60);
  EXPECT_EQ(database_.Value("SELECT count(*) FROM relationship.relationships"), "60");
  EXPECT_EQ(Jobs(), "0");
}

// One partner's many are not in another's way.
TEST_F(PortalsTest, PartnersTakeTurns) {
  std::vector<PortalRecord> records;
  for (int i = 0; i < 120; ++i) records.push_back(Record(absl::StrCat("customers/many-", i)));
  records.push_back(Record("customers/only"));
  records.back().set_partner_number("litware-1");
  Import(records);
  ASSERT_TRUE(Enrol().ok());
  EnrollPartnerRequest request;
  request.set_partner_id("litware");
  request.mutable_partner()->set_display_name("Litware");
  request.mutable_partner()->add_types(Partner::RESELLER);
  request.mutable_partner()->set_country("PL");
  request.mutable_partner()->set_partner_number("litware-1");
  const TestCall call = RelationshipCall("EnrollPartner", Operator());
  ASSERT_TRUE(
      relationship::partners::EnrollPartner(call.context, relationship_deps_, request).ok());
  ASSERT_TRUE(CarryOut().ok());
  EXPECT_EQ(Jobs(), "0");
  EXPECT_EQ(database_.Value("SELECT count(*) FROM relationship.portal_records"
                            " WHERE state = 'ESTABLISHED'"),
            "121");
  EXPECT_EQ(
      database_.Value("SELECT max(update_time) FILTER (WHERE partner_number = 'woodgrove-1') >"
                      " max(update_time) FILTER (WHERE partner_number = 'litware-1')"
                      " FROM relationship.portal_records"),
      "t");
}

TEST_F(PortalsTest, ManyThatFailAreInNoOthersWay) {
  database_.Run(
      "CREATE FUNCTION relationship.fail() RETURNS trigger LANGUAGE plpgsql AS"
      " $$ BEGIN RAISE EXCEPTION 'planted'; END $$;"
      " CREATE TRIGGER planted BEFORE INSERT ON relationship.relationships FOR EACH ROW"
      " WHEN (NEW.customer LIKE 'customers/bad-%') EXECUTE FUNCTION relationship.fail()");
  std::vector<PortalRecord> records;
  for (int i = 0; i < 60; ++i) records.push_back(Record(absl::StrCat("customers/bad-", i)));
  records.push_back(Record("customers/good"));
  Import(records);
  ASSERT_TRUE(Enrol().ok());
  EXPECT_FALSE(CarryOut().ok());
  EXPECT_EQ(Progress().established(), 1);
  EXPECT_EQ(Jobs(), "1") << "the others are tried again";
}

}  // namespace
}  // namespace partnerlink::portals_test
