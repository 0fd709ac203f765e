#include "common/access/decision.h"

#include <gtest/gtest.h>

#include <optional>

#include "common/context/testing/principal.h"
#include "common/status/status.h"

namespace partnerlink::access {
namespace {

using relationship::v1::Grant;
using relationship::v1::Relationship;
using support::PrincipalOf;
using namespace common::v1;  // NOLINT: the reasons

constexpr char kCustomer[] = "customers/acme";

Principal Partner(const std::string& role) { return PrincipalOf("partners/contoso", {role}); }

Principal Customer(const std::string& role, const std::string& account = kCustomer) {
  return PrincipalOf(account, {role});
}

Principal Operator() { return PrincipalOf("operators", {"operator"}); }

Relationship Edge(Relationship::Type type, Relationship::State state,
                  const std::string& name = "relationships/1") {
  Relationship relationship;
  relationship.set_name(name);
  relationship.set_type(type);
  relationship.set_state(state);
  return relationship;
}

Grant GrantOf(const std::string& role, const std::string& name = "partners/contoso/grants/1") {
  Grant grant;
  grant.set_name(name);
  grant.add_roles(role);
  return grant;
}

Facts Holding(std::vector<Relationship> relationships, std::vector<Grant> grants = {}) {
  return {.partner_active = true,
          .relationships = std::move(relationships),
          .grants = std::move(grants)};
}

std::string DecideNamed(const Principal& principal, const std::string& permission,
                        const Facts& facts, std::string_view through = {}) {
  const Decision decision =
      Decide(principal, {*FindPermission(permission), kCustomer, through}, facts);
  return decision.allowed ? decision.basis : ErrorReason_Name(decision.reason);
}

TEST(PermissionTest, EveryNameIsFoundAndNoOther) {
  for (const Permission& permission : AllPermissions()) {
    EXPECT_EQ(FindPermission(permission.name), &permission);
  }
  EXPECT_EQ(AllPermissions().size(), 15u);
  EXPECT_EQ(FindPermission("customer"), nullptr);
  EXPECT_EQ(FindPermission(""), nullptr);
}

// A partner's role caps what its account may do.
TEST(DecideTest, TheRoleOfAPartnersPersonComesFirst) {
  const Facts all =
      Holding({Edge(Relationship::RESELLER, Relationship::ACTIVE)}, {GrantOf("global_admin")});
  const struct {
    const char* permission;
    const char* roles;  // of G A S H, those that may
  } table[] = {
      {"customer.view", "GASH"},     {"customer.edit", "GA"},       {"order.create", "GAS"},
      {"order.view", "GAS"},         {"subscription.view", "GASH"}, {"subscription.manage", "GAS"},
      {"user.view", "GASH"},         {"user.manage", "GA"},         {"license.view", "GAS"},
      {"user.unblock", "GAH"},       {"license.manage", "GA"},      {"service.manage", "GA"},
      {"relationship.remove", "GA"}, {"grant.create", "GA"},        {"invitation.create", "GAS"},
  };
  const std::pair<char, const char*> roles[] = {
      {'G', "global_admin"}, {'A', "admin_agent"}, {'S', "sales_agent"}, {'H', "helpdesk_agent"}};
  for (const auto& row : table) {
    for (const auto& [letter, role] : roles) {
      const bool allowed = std::string(row.roles).find(letter) != std::string::npos;
      EXPECT_EQ(DecideNamed(Partner(role), row.permission, all) != "ROLE_MISSING", allowed)
          << row.permission << " " << role;
    }
    EXPECT_EQ(DecideNamed(Partner("billing_admin"), row.permission, all), "ROLE_MISSING");
    // Before anything is said of the customer.
    EXPECT_EQ(DecideNamed(Partner("nobody"), row.permission, Holding({})), "ROLE_MISSING");
  }
  Principal both = Partner("helpdesk_agent");
  both.roles.push_back("sales_agent");
  EXPECT_EQ(DecideNamed(both, "order.create", all), "relationships/1");
}

// What each kind of relationship allows, in each of its states.
TEST(DecideTest, ARelationshipAllowsWhatItsTypeAndStateSay) {
  constexpr auto R = Relationship::RESELLER;
  constexpr auto P = Relationship::PROVIDER;
  const char* const yes = "relationships/1";
  const struct {
    const char* permission;
    Relationship::Type type;
    const char* active;
    const char* suspended;
    const char* ending;
  } table[] = {
      {"customer.view", R, yes, yes, yes},
      {"customer.view", P, yes, yes, yes},
      {"customer.edit", R, "PERMISSION_MISSING", "PERMISSION_MISSING", "PERMISSION_MISSING"},
      {"order.create", R, yes, "RELATIONSHIP_INACTIVE", "RELATIONSHIP_INACTIVE"},
      {"order.create", P, yes, "RELATIONSHIP_INACTIVE", "RELATIONSHIP_INACTIVE"},
      {"order.view", R, yes, yes, yes},
      {"order.view", P, yes, yes, yes},
      {"subscription.view", R, yes, yes, yes},
      {"subscription.view", P, "PERMISSION_MISSING", "PERMISSION_MISSING", "PERMISSION_MISSING"},
      {"subscription.manage", R, yes, "RELATIONSHIP_INACTIVE", "RELATIONSHIP_INACTIVE"},
      {"subscription.manage", P, yes, "RELATIONSHIP_INACTIVE", "RELATIONSHIP_INACTIVE"},
      {"user.view", R, "PERMISSION_MISSING", "PERMISSION_MISSING", "PERMISSION_MISSING"},
      {"user.manage", R, "PERMISSION_MISSING", "PERMISSION_MISSING", "PERMISSION_MISSING"},
      {"user.unblock", R, "PERMISSION_MISSING", "PERMISSION_MISSING", "PERMISSION_MISSING"},
      {"license.view", R, yes, yes, yes},
      {"license.view", P, "PERMISSION_MISSING", "PERMISSION_MISSING", "PERMISSION_MISSING"},
      {"license.manage", R, "PERMISSION_MISSING", "PERMISSION_MISSING", "PERMISSION_MISSING"},
      {"service.manage", R, "PERMISSION_MISSING", "PERMISSION_MISSING", "PERMISSION_MISSING"},
      {"relationship.remove", R, yes, yes, "RELATIONSHIP_INACTIVE"},
      {"relationship.remove", P, yes, yes, "RELATIONSHIP_INACTIVE"},
      {"grant.create", R, yes, "RELATIONSHIP_INACTIVE", "RELATIONSHIP_INACTIVE"},
      {"grant.create", P, yes, "RELATIONSHIP_INACTIVE", "RELATIONSHIP_INACTIVE"},
  };
  const Principal admin = Partner("admin_agent");
  for (const auto& row : table) {
    const auto decide = [&](Relationship::State state) {
      return DecideNamed(admin, row.permission, Holding({Edge(row.type, state)}));
    };
    EXPECT_EQ(decide(Relationship::ACTIVE), row.active) << row.permission << row.type;
    EXPECT_EQ(decide(Relationship::SUSPENDED), row.suspended) << row.permission << row.type;
    EXPECT_EQ(decide(Relationship::ENDING), row.ending) << row.permission << row.type;
  }
}

TEST(DecideTest, AGrantAllowsWhatItsRolesSay) {
  const char* const roles[] = {"user_admin",         "license_admin",    "service_admin",
                               "subscription_admin", "directory_reader", "global_admin"};
  const struct {
    const char* permission;
    std::vector<std::string> allowing;
    const char* otherwise;
  } table[] = {
      {"customer.view",
       {"user_admin", "license_admin", "service_admin", "subscription_admin", "directory_reader"},
       ""},
      {"customer.edit",
       {"user_admin", "license_admin", "service_admin", "subscription_admin"},
       "PERMISSION_MISSING"},
      {"order.create", {}, "RELATIONSHIP_MISSING"},
      {"order.view", {}, "RELATIONSHIP_MISSING"},
      {"subscription.view", {"subscription_admin"}, "PERMISSION_MISSING"},
      {"subscription.manage", {"subscription_admin"}, "PERMISSION_MISSING"},
      {"user.view", {"user_admin", "directory_reader"}, "PERMISSION_MISSING"},
      {"user.manage", {"user_admin"}, "PERMISSION_MISSING"},
      {"user.unblock", {"user_admin"}, "PERMISSION_MISSING"},
      {"license.view",
       {"user_admin", "license_admin", "service_admin", "subscription_admin", "directory_reader"},
       ""},
      {"license.manage", {"license_admin"}, "PERMISSION_MISSING"},
      {"service.manage", {"service_admin"}, "PERMISSION_MISSING"},
      {"relationship.remove", {}, "RELATIONSHIP_MISSING"},
      {"grant.create", {}, "RELATIONSHIP_MISSING"},
  };
  for (const auto& row : table) {
    for (const std::string role : roles) {
      const bool holds_all = role == "global_admin" && !row.allowing.empty();
      const bool allowed = holds_all || std::find(row.allowing.begin(), row.allowing.end(), role) !=
                                            row.allowing.end();
      EXPECT_EQ(DecideNamed(Partner("global_admin"), row.permission, Holding({}, {GrantOf(role)})),
                allowed ? "partners/contoso/grants/1" : row.otherwise)
          << row.permission << " " << role;
    }
  }
}

TEST(DecideTest, WithoutARelationshipOrGrantTheCustomerDoesNotExist) {
  for (const Permission& permission : AllPermissions()) {
    const Decision decision = Decide(Partner("global_admin"), {permission, kCustomer}, Holding({}));
    if (permission.needs_customer) {
      EXPECT_EQ(decision.reason, RESOURCE_NOT_FOUND) << permission.name;
    } else {
      EXPECT_EQ(decision.basis, "partners/contoso");
    }
  }
}

TEST(DecideTest, ASuspendedPartnerMayDoNothing) {
  Facts facts =
      Holding({Edge(Relationship::RESELLER, Relationship::ACTIVE)}, {GrantOf("global_admin")});
  facts.partner_active = false;
  for (const Permission& permission : AllPermissions()) {
    EXPECT_EQ(Decide(Partner("global_admin"), {permission, kCustomer}, facts).reason,
              PARTNER_SUSPENDED)
        << permission.name;
  }
}

TEST(DecideTest, TheFirstRelationshipThatDoesComesBeforeAGrant) {
  const Facts facts =
      Holding({Edge(Relationship::RESELLER, Relationship::SUSPENDED, "relationships/1"),
               Edge(Relationship::PROVIDER, Relationship::ACTIVE, "relationships/2")},
              {GrantOf("subscription_admin")});
  EXPECT_EQ(DecideNamed(Partner("sales_agent"), "order.create", facts), "relationships/2");
  EXPECT_EQ(DecideNamed(Partner("sales_agent"), "subscription.view", facts), "relationships/1");
}

TEST(DecideTest, WhatWasSoldThroughOneRelationshipRestsOnThatOneOrOnAGrant) {
  const auto two = {Edge(Relationship::RESELLER, Relationship::ACTIVE, "relationships/1"),
                    Edge(Relationship::PROVIDER, Relationship::SUSPENDED, "relationships/2")};
  const Principal seller = Partner("sales_agent");
  const auto decide = [&](const Facts& facts, std::string_view through) {
    return DecideNamed(seller, "subscription.manage", facts, through);
  };
  EXPECT_EQ(decide(Holding(two), "relationships/1"), "relationships/1");
  EXPECT_EQ(decide(Holding(two), "relationships/2"), "RELATIONSHIP_INACTIVE");
  EXPECT_EQ(decide(Holding(two), "relationships/9"), "PERMISSION_MISSING");
  EXPECT_EQ(decide(Holding(two, {GrantOf("subscription_admin")}), "relationships/9"),
            "partners/contoso/grants/1");
}

TEST(MayPartnerTest, ItIsThePartnersAndNoPersonsRightThatCounts) {
  const Question order = {OrderCreate(), kCustomer, "relationships/1"};
  const auto may = [&](const Facts& facts) { return MayPartner("partners/contoso", order, facts); };
  EXPECT_TRUE(may(Holding({Edge(Relationship::RESELLER, Relationship::ACTIVE)})));
  EXPECT_FALSE(may(Holding({Edge(Relationship::RESELLER, Relationship::SUSPENDED)})));
  EXPECT_FALSE(may(Holding({})));
  EXPECT_FALSE(
      may(Holding({Edge(Relationship::RESELLER, Relationship::ACTIVE, "relationships/2")})));
  Facts suspended = Holding({Edge(Relationship::RESELLER, Relationship::ACTIVE)});
  suspended.partner_active = false;
  EXPECT_FALSE(may(suspended));
}

TEST(DecideTest, ACustomerMayReadAndAdministerItself) {
  const struct {
    const char* permission;
    const char* roles;  // of G B, those that may
  } table[] = {
      {"customer.view", "GB"},     {"customer.edit", "G"},      {"order.create", ""},
      {"order.view", "GB"},        {"subscription.view", "GB"}, {"subscription.manage", ""},
      {"user.view", "G"},          {"user.manage", "G"},        {"license.view", "GB"},
      {"user.unblock", "G"},       {"license.manage", "G"},     {"service.manage", "G"},
      {"relationship.remove", ""}, {"grant.create", ""},        {"invitation.create", ""},
  };
  for (const auto& row : table) {
    for (const auto& [letter, role] :
         {std::pair{'G', "global_admin"}, std::pair{'B', "billing_admin"}}) {
      const bool allowed = std::string(row.roles).find(letter) != std::string::npos;
      EXPECT_EQ(DecideNamed(Customer(role), row.permission, {}),
                allowed ? kCustomer : "ROLE_MISSING")
          << row.permission << " " << role;
      EXPECT_EQ(DecideNamed(Customer(role, "customers/other"), row.permission, {}),
                allowed ? "RESOURCE_NOT_FOUND" : "ROLE_MISSING")
          << row.permission << " " << role;
    }
  }
}

TEST(DecideTest, OperatorsSeeAndMendCustomersAndNothingElse) {
  for (const Permission& permission : AllPermissions()) {
    const bool allowed = permission.name == "customer.view" || permission.name == "customer.edit";
    EXPECT_EQ(DecideNamed(Operator(), std::string(permission.name), {}),
              allowed ? "operators" : "ROLE_MISSING")
        << permission.name;
  }
}

TEST(DecideTest, NobodyMayNothing) {
  for (const Permission& permission : AllPermissions()) {
    EXPECT_FALSE(Decide(Principal(), {permission, kCustomer}, Holding({})).allowed);
  }
}

TEST(ToStatusTest, EachDecisionIsOneAnswer) {
  EXPECT_TRUE(ToStatus({.allowed = true}, OrderCreate()).ok());
  EXPECT_EQ(ToStatus({.reason = RESOURCE_NOT_FOUND}, OrderCreate()), NotFound());
  for (const ErrorReason reason : {ROLE_MISSING, PARTNER_SUSPENDED, RELATIONSHIP_INACTIVE,
                                   RELATIONSHIP_MISSING, PERMISSION_MISSING}) {
    EXPECT_EQ(ReasonOf(ToStatus({.reason = reason}, OrderCreate())), reason);
  }
}

}  // namespace
}  // namespace partnerlink::access
