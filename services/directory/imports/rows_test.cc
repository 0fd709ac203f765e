#include "services/directory/imports/rows.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnerlink::directory::imports {
namespace {

using Row = v1::ImportCustomersRequest::Row;
using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

Row Northwind() {
  Row row;
  row.mutable_customer()->set_display_name("Northwind");
  row.mutable_customer()->set_country("PL");
  return row;
}

TEST(CheckRowTest, IsWhatCreateCustomerTakesAndNeedsNoAdministrator) {
  EXPECT_TRUE(CheckRow(Northwind()).ok());
  Row row = Northwind();
  row.mutable_initial_admin()->set_user_principal_name("carl@northwind.example");
  row.mutable_customer()->set_name("customers/northwind");
  EXPECT_TRUE(CheckRow(row).ok());
}

TEST(CheckRowTest, EveryFaultIsRefused) {
  void (*const faults[])(Row&) = {
      [](Row& r) { r.clear_customer(); },
      [](Row& r) { r.mutable_customer()->set_name("northwind"); },
      [](Row& r) { r.mutable_customer()->set_name("partners/northwind"); },
      [](Row& r) { r.mutable_customer()->clear_display_name(); },
      [](Row& r) { r.mutable_customer()->set_country("pl"); },
      [](Row& r) { r.mutable_customer()->add_domains()->set_name("not a domain"); },
      [](Row& r) { (*r.mutable_customer()->mutable_labels())["Team"] = "north"; },
      [](Row& r) { r.mutable_customer()->set_correlation_id(std::string(101, 'c')); },
      [](Row& r) { r.mutable_initial_admin(); },
      [](Row& r) { r.mutable_initial_admin()->set_user_principal_name("carl"); }};
  for (size_t i = 0; i < std::size(faults); ++i) {
    Row row = Northwind();
    faults[i](row);
    EXPECT_EQ(ReasonOf(CheckRow(row)), common::v1::FIELD_INVALID) << i;
  }
}

TEST(CreationOfTest, WhatOnlyTheServerSaysIsNotRead) {
  Row row = Northwind();
  v1::Customer& exported = *row.mutable_customer();
  exported.set_name("customers/northwind");
  v1::Customer::Domain& domain = *exported.add_domains();
  domain.set_name("Northwind.Example");
  domain.set_verified(true);
  exported.set_channel(common::v1::OTHER);
  exported.set_correlation_id("C-1");
  (*exported.mutable_labels())["team"] = "north";
  exported.add_edges()->set_partner("partners/fabrikam");
  exported.add_grants("partners/fabrikam/grants/1");
  exported.set_subscription_count(7);
  exported.set_etag("old");
  exported.mutable_create_time()->set_seconds(1);
  const Creation creation = CreationOf(row, 5, "customers/made");
  EXPECT_EQ(creation.name, "customers/northwind");
  EXPECT_TRUE(creation.is_named);
  EXPECT_EQ(creation.position, 5);
  const v1::Customer& kept = creation.customer;
  ASSERT_EQ(kept.domains_size(), 1);
  EXPECT_EQ(kept.domains(0).name(), "northwind.example");
  EXPECT_FALSE(kept.domains(0).verified());
  EXPECT_EQ(kept.channel(), common::v1::OTHER);
  EXPECT_EQ(kept.correlation_id(), "C-1");
  EXPECT_THAT(kept.labels(), UnorderedElementsAre(Pair("team", "north")));
  EXPECT_EQ(kept.edges_size() + kept.grants_size() + kept.subscription_count(), 0);
  EXPECT_FALSE(kept.has_create_time());
  EXPECT_TRUE(kept.etag().empty());
}

TEST(CreationOfTest, ARowWithoutANameGetsTheOneThatWasMade) {
  const Creation creation = CreationOf(Northwind(), 0, "customers/made");
  EXPECT_EQ(creation.name, "customers/made");
  EXPECT_EQ(creation.customer.name(), "customers/made");
  EXPECT_FALSE(creation.is_named);
  EXPECT_FALSE(creation.initial_admin);
}

}  // namespace
}  // namespace partnerlink::directory::imports
