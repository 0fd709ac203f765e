#include "services/relationship/portals/rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace partnerlink::relationship::portals {
namespace {

using v1::PortalRecord;

PortalRecord Northwind() {
  PortalRecord record;
  record.set_name("portalRecords/0197c1c2-89ab-7cde-8f01-23456789abcd");
  record.set_portal("office-admin");
  record.set_partner_number("4711");
  record.set_customer("customers/northwind");
  record.mutable_company()->set_display_name("Northwind");
  record.mutable_company()->set_country("PL");
  record.set_state(PortalRecord::RECORDED);
  return record;
}

v1::Partner Contoso(v1::Partner::Type type = v1::Partner::RESELLER) {
  v1::Partner partner;
  partner.set_name("partners/contoso");
  partner.add_types(type);
  return partner;
}

v1::EstablishRelationshipsResponse::Edge Edge(const std::string& relationship, ErrorReason reason) {
  v1::EstablishRelationshipsResponse::Edge edge;
  edge.set_relationship(relationship);
  edge.set_reason(reason);
  return edge;
}

TEST(CheckChunkTest, HoldsOneToAThousandRecords) {
  v1::ImportPortalCustomersRequest request;
  const auto is_fine = [&] {
    FieldViolations violations;
    CheckChunk(request, violations);
    return violations.empty();
  };
  EXPECT_FALSE(is_fine()) << "empty";
  for (int i = 0; i < 1000; ++i) *request.add_records() = Northwind();
  EXPECT_TRUE(is_fine());
  request.set_position(-1);
  EXPECT_FALSE(is_fine());
  request.set_position(5);
  request.add_records();
  EXPECT_FALSE(is_fine()) << "1,001";
}

TEST(CheckRecordTest, WhatBreaksTheShapeIsRefused) {
  EXPECT_TRUE(CheckRecord(Northwind()).ok());
  const std::vector<void (*)(PortalRecord&)> faults = {
      [](PortalRecord& r) { r.clear_portal(); },
      [](PortalRecord& r) { r.set_portal("Office"); },
      [](PortalRecord& r) { r.set_portal(std::string(65, 'a')); },
      [](PortalRecord& r) { r.clear_partner_number(); },
      [](PortalRecord& r) { r.set_partner_number("47 11"); },
      [](PortalRecord& r) { r.set_customer("partners/northwind"); },
      [](PortalRecord& r) { r.clear_company(); },
      [](PortalRecord& r) { r.mutable_company()->set_country("Poland"); },
      [](PortalRecord& r) { r.add_roles("owner"); },
  };
  for (size_t i = 0; i < faults.size(); ++i) {
    PortalRecord record = Northwind();
    faults[i](record);
    EXPECT_EQ(ReasonOf(CheckRecord(record)), common::v1::FIELD_INVALID) << i;
  }
}

TEST(WhyNotTest, OnlyAResellerHasCustomersInPortals) {
  EXPECT_EQ(WhyNot(Contoso()), std::nullopt);
  EXPECT_EQ(WhyNot(Contoso(v1::Partner::PROVIDER)), common::v1::WRONG_KIND);
}

TEST(ToEstablishTest, IsAResellersEdgeOfOriginPortal) {
  PortalRecord record = Northwind();
  v1::EstablishRelationshipsRequest request = ToEstablish(record, Contoso());
  EXPECT_EQ(request.origin(), v1::Relationship::PORTAL);
  EXPECT_EQ(request.channel(), common::v1::EXISTING_PORTAL);
  EXPECT_EQ(request.customer(), "customers/northwind");
  EXPECT_EQ(request.company().display_name(), "Northwind");
  ASSERT_EQ(request.edges_size(), 1);
  EXPECT_EQ(request.edges(0).partner(), "partners/contoso");
  EXPECT_EQ(request.edges(0).type(), v1::Relationship::RESELLER);
  EXPECT_FALSE(request.has_grant()) << "the record names no roles";
  record.add_roles("user_admin");
  request = ToEstablish(record, Contoso());
  EXPECT_EQ(request.grant().partner(), "partners/contoso");
  EXPECT_THAT(request.grant().roles(), testing::ElementsAre("user_admin"));
}

TEST(ToEstablishTest, EachAttemptHasASourceOfItsOwn) {
  PortalRecord record = Northwind();
  const std::string first = ToEstablish(record, Contoso()).source();
  record.mutable_update_time()->set_seconds(1);
  EXPECT_NE(ToEstablish(record, Contoso()).source(), first);
}

TEST(AfterTest, ARelationshipThatIsThereIsEstablished) {
  for (const ErrorReason reason :
       {common::v1::ERROR_REASON_UNSPECIFIED, common::v1::RELATIONSHIP_EXISTS}) {
    const auto after = After(Northwind(), Edge("relationships/1", reason));
    ASSERT_TRUE(after);
    EXPECT_EQ(after->state(), PortalRecord::ESTABLISHED);
    EXPECT_EQ(after->relationship(), "relationships/1");
  }
}

TEST(AfterTest, ARefusalIsKeptWithItsReason) {
  const auto after = After(Northwind(), Edge("", common::v1::REGION));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->state(), PortalRecord::REFUSED);
  EXPECT_EQ(after->reason(), common::v1::REGION);
}

TEST(AfterTest, WhileThePartnerIsSuspendedItWaits) {
  EXPECT_EQ(After(Northwind(), Edge("", common::v1::PARTNER_SUSPENDED)), std::nullopt);
}

}  // namespace
}  // namespace partnerlink::relationship::portals
