#include "common/access/decision.h"

#include <algorithm>

#include "common/status/status.h"

namespace partnerlink::access {
namespace {

using common::v1::ErrorReason;
using relationship::v1::Grant;
using relationship::v1::Relationship;

constexpr std::string_view kHoldsEveryRole = "global_admin";

Decision Allow(std::string_view basis) { return {.allowed = true, .basis = std::string(basis)}; }

Decision Deny(ErrorReason reason) { return {.reason = reason}; }

template <typename Values, typename Value>
bool Contains(const Values& values, const Value& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

bool HasOneOf(const Principal& principal, const std::vector<std::string_view>& roles) {
  return std::any_of(roles.begin(), roles.end(),
                     [&](std::string_view role) { return principal.HasRole(role); });
}

bool Holds(const Grant& grant, const std::vector<std::string_view>& roles) {
  if (roles.empty()) return false;
  return std::any_of(grant.roles().begin(), grant.roles().end(), [&](const std::string& held) {
    return held == kHoldsEveryRole || Contains(roles, held);
  });
}

// Whether the relationship would allow it, were it in the right state.
bool Serves(const Relationship& relationship, const Question& question) {
  return Contains(question.permission.edge_types, relationship.type()) &&
         (question.through.empty() || relationship.name() == question.through);
}

Decision DecideByWhatIsHeld(const Question& question, const Facts& facts) {
  const Permission& permission = question.permission;
  const Relationship* inactive = nullptr;
  for (const Relationship& relationship : facts.relationships) {
    if (!Serves(relationship, question)) continue;
    if (Contains(permission.edge_states, relationship.state())) return Allow(relationship.name());
    if (inactive == nullptr) inactive = &relationship;
  }
  for (const Grant& grant : facts.grants) {
    if (Holds(grant, permission.grant_roles)) return Allow(grant.name());
  }
  if (inactive != nullptr) {
    Decision decision = Deny(common::v1::RELATIONSHIP_INACTIVE);
    decision.inactive = *inactive;
    return decision;
  }
  return Deny(permission.grant_roles.empty() && question.through.empty()
                  ? common::v1::RELATIONSHIP_MISSING
                  : common::v1::PERMISSION_MISSING);
}

Decision DecideForPartner(const Principal& principal, const Question& question,
                          const Facts& facts) {
  if (!HasOneOf(principal, question.permission.partner_roles)) {
    return Deny(common::v1::ROLE_MISSING);
  }
  if (!facts.partner_active) return Deny(common::v1::PARTNER_SUSPENDED);
  if (!question.permission.needs_customer) return Allow(principal.account);
  if (facts.relationships.empty() && facts.grants.empty()) {
    return Deny(common::v1::RESOURCE_NOT_FOUND);
  }
  return DecideByWhatIsHeld(question, facts);
}

}  // namespace

Decision Decide(const Principal& principal, const Question& question, const Facts& facts) {
  const Permission& permission = question.permission;
  switch (principal.family) {
    case AccountFamily::kPartner:
      return DecideForPartner(principal, question, facts);
    case AccountFamily::kCustomer:
      if (!HasOneOf(principal, permission.customer_roles)) return Deny(common::v1::ROLE_MISSING);
      if (principal.account != question.customer) return Deny(common::v1::RESOURCE_NOT_FOUND);
      return Allow(principal.account);
    case AccountFamily::kOperator:
      return permission.operators && principal.HasRole("operator") ? Allow(principal.account)
                                                                   : Deny(common::v1::ROLE_MISSING);
    case AccountFamily::kNone:
      break;
  }
  return Deny(common::v1::ROLE_MISSING);
}

bool MayPartner(const std::string& partner, const Question& question, const Facts& facts) {
  Principal anybody;
  anybody.family = AccountFamily::kPartner;
  anybody.account = partner;
  anybody.roles = {"global_admin"};
  return Decide(anybody, question, facts).allowed;
}

absl::Status ToStatus(const Decision& decision, const Permission& permission) {
  if (decision.allowed) return absl::OkStatus();
  const Metadata needed = {{"permission", std::string(permission.name)}};
  switch (decision.reason) {
    case common::v1::RESOURCE_NOT_FOUND:
      return NotFound();
    case common::v1::ROLE_MISSING:
      return Refusal(decision.reason, "None of your roles allows this call.");
    case common::v1::PARTNER_SUSPENDED:
      return Refusal(decision.reason, "The partner is suspended, or not enrolled.");
    case common::v1::RELATIONSHIP_INACTIVE:
      return Refusal(decision.reason, "The relationship is not in force.",
                     {{"relationship", decision.inactive.name()},
                      {"state", Relationship::State_Name(decision.inactive.state())}});
    case common::v1::RELATIONSHIP_MISSING:
      return Refusal(decision.reason, "You have no relationship to the customer that allows this.",
                     needed);
    default:
      return Refusal(decision.reason, "Neither a relationship nor a grant of yours allows this.",
                     needed);
  }
}

absl::Status Check(const Principal& principal, const Question& question, const Facts& facts) {
  return ToStatus(Decide(principal, question, facts), question.permission);
}

}  // namespace partnerlink::access
