#include "services/relationship/grants/rules.h"

#include "gtest/gtest.h"

namespace partnerlink::relationship::grants {
namespace {

using Terms = v1::EstablishRelationshipsRequest::GrantTerms;

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

// Whatever the database would let through: see tests/matrix.
TEST(CheckReaderTest, OnlyThePartiesAndOperatorsSeeIt) {
  v1::Grant grant;
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

}  // namespace
}  // namespace partnerlink::relationship::grants
