#include "common/request/company.h"

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "google/rpc/error_details.pb.h"
#include "gtest/gtest.h"

namespace partnerlink::request {
namespace {

using ::testing::ElementsAre;

std::vector<std::string> Fields(const absl::Status& status) {
  std::vector<std::string> fields;
  google::rpc::BadRequest bad;
  if (const auto payload = status.GetPayload("type.googleapis.com/google.rpc.BadRequest")) {
    bad.ParseFromString(std::string(*payload));
  }
  for (const auto& violation : bad.field_violations()) fields.push_back(violation.field());
  return fields;
}

TEST(CompanyTest, EveryFieldIsChecked) {
  common::v1::Company good;
  good.set_display_name("Northwind");
  good.set_country("PL");
  FieldViolations none;
  CheckCompany(good, "company.", none);
  EXPECT_TRUE(none.empty()) << none.ToStatus();

  using Spoil = void (*)(common::v1::Company&);
  const std::pair<std::string, Spoil> cases[] = {
      {"display_name", [](common::v1::Company& c) { c.clear_display_name(); }},
      {"display_name", [](common::v1::Company& c) { c.set_display_name(std::string(201, 'n')); }},
      {"display_name", [](common::v1::Company& c) { c.set_display_name("a\nb"); }},
      {"country", [](common::v1::Company& c) { c.clear_country(); }},
      {"country", [](common::v1::Company& c) { c.set_country("XXX"); }},
      {"domains", [](common::v1::Company& c) { c.add_domains("not a domain"); }},
      {"domains",
       [](common::v1::Company& c) {
         for (int i = 0; i < 51; ++i) c.add_domains(absl::StrCat("d", i, ".example"));
       }},
      {"contact.display_name",
       [](common::v1::Company& c) {
         c.mutable_contact()->set_display_name(std::string(201, 'n'));
       }},
      {"contact.email_address",
       [](common::v1::Company& c) { c.mutable_contact()->set_email_address("carl"); }},
      {"contact.phone_number",
       [](common::v1::Company& c) { c.mutable_contact()->set_phone_number(std::string(51, '1')); }},
      {"registration_number",
       [](common::v1::Company& c) { c.set_registration_number(std::string(101, '1')); }},
  };
  for (const auto& [field, spoil] : cases) {
    common::v1::Company company = good;
    spoil(company);
    FieldViolations violations;
    CheckCompany(company, "company.", violations);
    EXPECT_THAT(Fields(violations.ToStatus()), ElementsAre("company." + field));
  }
  FieldViolations all;
  CheckCompany({}, "company.", all);
  EXPECT_THAT(Fields(all.ToStatus()), ElementsAre("company.display_name", "company.country"));
}

TEST(CompanyTest, DomainsAreKeptInOneFormOnce) {
  common::v1::Company company;
  company.add_domains("NorthWind.Example");
  company.add_domains("northwind.example");
  company.add_domains("tailspin.example");
  EXPECT_THAT(Normalise(company).domains(), ElementsAre("northwind.example", "tailspin.example"));
}

TEST(CompanyTest, AMailAddressIsKeptInOneForm) {
  common::v1::Company company;
  company.mutable_contact()->set_email_address("ann@Bücher.example");
  EXPECT_EQ(Normalise(company).contact().email_address(), "ann@xn--bcher-kva.example");
  company.mutable_contact()->clear_email_address();
  EXPECT_EQ(Normalise(company).contact().email_address(), "");
}

}  // namespace
}  // namespace partnerlink::request
