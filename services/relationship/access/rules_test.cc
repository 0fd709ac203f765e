#include "services/relationship/access/rules.h"

#include <gtest/gtest.h>

namespace partnerlink::relationship::access {
namespace {

v1::AccessQuestion Question(const std::string& permission, const std::string& customer) {
  v1::AccessQuestion question;
  question.set_permission(permission);
  question.set_customer(customer);
  return question;
}

v1::AccessPrincipal Named(const std::string& account, const std::string& role) {
  v1::AccessPrincipal principal;
  principal.set_account(account);
  if (!role.empty()) principal.add_roles(role);
  return principal;
}

CallContext CallOfPartner() {
  CallContext context;
  context.principal.account = "partners/contoso";
  context.principal.family = AccountFamily::kPartner;
  context.principal.roles = {"sales_agent"};
  return context;
}

TEST(CheckQuestionTest, NeedsAKnownPermissionAndACustomerUnlessItIsAboutNone) {
  const struct {
    const char* permission;
    const char* customer;
    bool sound;
  } table[] = {
      {"order.create", "customers/acme", true},  {"invitation.create", "", true},
      {"invitation.create", "x", true},          {"order.create", "", false},
      {"order.create", "partners/acme", false},  {"order.create", "customers/-", false},
      {"order.eat", "customers/acme", false},    {"", "customers/acme", false},
      {"ORDER.CREATE", "customers/acme", false},
  };
  for (const auto& row : table) {
    FieldViolations violations;
    CheckQuestion(Question(row.permission, row.customer), "", violations);
    EXPECT_EQ(violations.empty(), row.sound) << row.permission << " " << row.customer;
  }
}

TEST(CheckPrincipalTest, IsAnAccountWithRolesOfItsFamily) {
  const struct {
    const char* account;
    const char* role;
    bool sound;
  } table[] = {
      {"partners/contoso", "sales_agent", true}, {"customers/acme", "billing_admin", true},
      {"operators", "operator", true},           {"partners/contoso", "", false},
      {"partners/contoso", "operator", false},   {"customers/acme", "sales_agent", false},
      {"contoso", "sales_agent", false},         {"partners/-", "sales_agent", false},
  };
  for (const auto& row : table) {
    FieldViolations violations;
    CheckPrincipal(true, Named(row.account, row.role), violations);
    EXPECT_EQ(violations.empty(), row.sound) << row.account << " " << row.role;
  }
  FieldViolations violations;
  CheckPrincipal(false, v1::AccessPrincipal(), violations);
  EXPECT_TRUE(violations.empty());
}

TEST(AskerTest, ACallerAsksForItselfAndAPeerForTheOneItNames) {
  const auto self = Asker(CallOfPartner(), false, v1::AccessPrincipal());
  ASSERT_TRUE(self.ok());
  EXPECT_EQ(self->account, "partners/contoso");
  const auto peer = Asker(CallContext(), true, Named("customers/acme", "billing_admin"));
  ASSERT_TRUE(peer.ok());
  EXPECT_EQ(peer->account, "customers/acme");
  EXPECT_EQ(peer->family, AccountFamily::kCustomer);
  EXPECT_TRUE(peer->HasRole("billing_admin"));
  EXPECT_EQ(
      ReasonOf(Asker(CallOfPartner(), true, Named("partners/contoso", "sales_agent")).status()),
      common::v1::FIELD_INVALID);
  EXPECT_EQ(ReasonOf(Asker(CallContext(), false, v1::AccessPrincipal()).status()),
            common::v1::FIELD_INVALID);
}

TEST(AnswerTest, SaysWhatItRestsOnOrWhyNot) {
  FactsByCustomer facts;
  facts[""].partner_active = true;
  facts["customers/acme"].partner_active = true;
  auto& edge = facts["customers/acme"].relationships.emplace_back();
  edge.set_name("relationships/1");
  edge.set_type(v1::Relationship::RESELLER);
  edge.set_state(v1::Relationship::ACTIVE);
  const Principal asker = CallOfPartner().principal;
  const auto allowed = Answer(asker, Question("order.create", "customers/acme"), facts);
  EXPECT_TRUE(allowed.allowed());
  EXPECT_EQ(allowed.basis(), "relationships/1");
  EXPECT_EQ(allowed.reason(), common::v1::ERROR_REASON_UNSPECIFIED);
  const auto denied = Answer(asker, Question("user.manage", "customers/acme"), facts);
  EXPECT_FALSE(denied.allowed());
  EXPECT_EQ(denied.basis(), "");
  EXPECT_EQ(denied.reason(), common::v1::ROLE_MISSING);
  EXPECT_EQ(Answer(asker, Question("invitation.create", "anything"), facts).basis(),
            "partners/contoso");
}

}  // namespace
}  // namespace partnerlink::relationship::access
