#include "services/directory/customers/csv.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnerlink::directory::customers {
namespace {

using ::testing::StartsWith;

TEST(CsvTest, ACellIsQuotedWhereItNeedsToBe) {
  EXPECT_EQ(CsvCell(""), "");
  EXPECT_EQ(CsvCell("Żółta Kawa"), "Żółta Kawa");
  EXPECT_EQ(CsvCell("Acme, Inc."), "\"Acme, Inc.\"");
  EXPECT_EQ(CsvCell("The \"Best\""), "\"The \"\"Best\"\"\"");
  EXPECT_EQ(CsvCell("a\nb"), "\"a\nb\"");
}

TEST(CsvTest, WhatASpreadsheetWouldTakeForAFormulaIsText) {
  for (const char* formula :
       {"=1+2", "+48 123", "-1", "@SUM(A1)", "\tx", "＝1", "＋1", "－1", "＠x"}) {
    EXPECT_EQ(CsvCell(formula), std::string("'") + formula);
  }
  EXPECT_EQ(CsvCell("=HYPERLINK(\"http://x\",\"y\")"),
            "\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\"");
  EXPECT_EQ(CsvCell("\n=1"), "\"'\n=1\"");
  EXPECT_EQ(CsvCell("1-2"), "1-2");
}

// Whoever reads the file takes one apostrophe off, of what has a formula behind its apostrophes.
TEST(CsvTest, ATextThatLooksLikeADefusedFormulaComesBackAsItIs) {
  EXPECT_EQ(CsvCell("'=1"), "''=1");
  EXPECT_EQ(CsvCell("''+1"), "'''+1");
  EXPECT_EQ(CsvCell("'s-Hertogenbosch"), "'s-Hertogenbosch");
  EXPECT_EQ(CsvCell("'"), "'");
}

TEST(CsvTest, ARowHasACellForEachName) {
  v1::Customer customer;
  customer.set_name("customers/acme");
  customer.set_display_name("Acme, Inc.");
  customer.set_country("PL");
  customer.add_domains()->set_name("acme.example");
  customer.add_domains()->set_name("acme.test");
  customer.mutable_contact()->set_display_name("Ann");
  customer.mutable_contact()->set_email_address("ann@acme.example");
  customer.mutable_contact()->set_phone_number("+48 123");
  customer.set_registration_number("KRS 7");
  customer.set_channel(common::v1::OTHER);
  (*customer.mutable_labels())["tier"] = "gold";
  (*customer.mutable_labels())["city"] = "Łódź";
  customer.set_correlation_id("C-1");
  auto& edge = *customer.add_edges();
  edge.set_type(relationship::v1::Relationship::RESELLER);
  edge.set_state(relationship::v1::Relationship::ACTIVE);
  customer.mutable_create_time()->set_seconds(1769853600);
  EXPECT_EQ(CsvNames(),
            "name,display_name,country,domains,contact.display_name,contact.email_address,"
            "contact.phone_number,registration_number,channel,labels,correlation_id,relationships,"
            "create_time\r\n");
  EXPECT_EQ(CsvRow(customer),
            "customers/acme,\"Acme, Inc.\",PL,\"acme.example\nacme.test\",Ann,ann@acme.example,"
            "'+48 123,KRS 7,OTHER,\"city=Łódź\ntier=gold\",C-1,RESELLER ACTIVE,"
            "2026-01-31T10:00:00Z\r\n");
}

TEST(CsvTest, WhatIsNotSaidIsAnEmptyCell) {
  v1::Customer customer;
  customer.set_name("customers/acme");
  EXPECT_THAT(CsvRow(customer), StartsWith("customers/acme,,,,,,,,,,,,"));
}

}  // namespace
}  // namespace partnerlink::directory::customers
