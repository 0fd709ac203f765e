#include "tests/component/access_model.h"

#include <algorithm>
#include <map>

namespace partnerlink::access_model {
namespace {

using Words = std::set<std::string_view>;

constexpr std::string_view kOrders = "order.create";
constexpr std::string_view kRemoval = "relationship.remove";
constexpr std::string_view kRequest = "grant.create";

// What a person of each role may do at all, whatever the account holds.
const std::map<std::string_view, Words>& CapsOfPartners() {
  static const auto* kCaps = new std::map<std::string_view, Words>{
      {"global_admin", Words(std::begin(kPermissions), std::end(kPermissions))},
      {"admin_agent", Words(std::begin(kPermissions), std::end(kPermissions))},
      // Views, invites, orders, and manages what was sold.
      {"sales_agent",
       {"customer.view", "order.view", "subscription.view", "user.view", "license.view",
        "order.create", "subscription.manage", "invitation.create"}},
      // Views, and resets a user's block.
      {"helpdesk_agent", {"customer.view", "subscription.view", "user.view", "user.unblock"}}};
  return *kCaps;
}

// What a customer's person may do with the customer itself.
const std::map<std::string_view, Words>& CapsOfCustomers() {
  static const auto* kCaps = new std::map<std::string_view, Words>{
      {"global_admin",
       {"customer.view", "customer.edit", "order.view", "subscription.view", "user.view",
        "user.manage", "user.unblock", "license.view", "license.manage", "service.manage"}},
      {"billing_admin", {"customer.view", "order.view", "subscription.view", "license.view"}}};
  return *kCaps;
}

const std::map<std::string_view, Words>& CapsOfOperators() {
  static const auto* kCaps =
      new std::map<std::string_view, Words>{{"operator", {"customer.view", "customer.edit"}}};
  return *kCaps;
}

// What each type of relationship shows as long as it is not over, and allows beyond that while it
// is ACTIVE.
Words Shows(std::string_view type, Fault fault) {
  if (type == "RESELLER")
    return {"customer.view", "subscription.view", "order.view", "license.view"};
  if (fault == Fault::kProviderSeesSubscriptions) {
    return {"customer.view", "order.view", "subscription.view"};
  }
  return {"customer.view", "order.view"};
}

const Words kActiveAllows = {kOrders, "subscription.manage", kRemoval, kRequest};

// What each role of a grant allows. Every grant shows the customer and its licences; every one that
// is not for reading alone lets the customer's data be mended.
Words GrantRoleAllows(std::string_view role) {
  static const std::map<std::string_view, Words> kRoles = {
      {"user_admin",
       {"customer.view", "license.view", "customer.edit", "user.view", "user.manage",
        "user.unblock"}},
      {"license_admin", {"customer.view", "license.view", "customer.edit", "license.manage"}},
      {"service_admin", {"customer.view", "license.view", "customer.edit", "service.manage"}},
      {"subscription_admin",
       {"customer.view", "license.view", "customer.edit", "subscription.view",
        "subscription.manage"}},
      {"directory_reader", {"customer.view", "license.view", "user.view"}}};
  if (role != "global_admin") return kRoles.at(role);
  Words all;
  for (const auto& [name, words] : kRoles) all.insert(words.begin(), words.end());
  return all;
}

bool IsOver(const Edge& edge, Fault fault) {
  if (edge.state == "ENDED") return fault != Fault::kEndedEdgeIsSeen;
  return edge.state == "ENDING" && edge.end_has_come && fault != Fault::kEndingGoesOnAfterItsEnd;
}

// Past its date an end has taken every grant over the customer that was there, whatever else the
// partner has; those that came after it are not its own.
bool TakesGrants(const Edge& edge, Fault fault) {
  if (edge.state == "ENDED") {
    return edge.takes_grants && fault == Fault::kEndedEdgeTakesLaterGrants;
  }
  if (edge.state != "ENDING" || fault == Fault::kGrantOutlivesItsRelationship) return false;
  return (edge.end_has_come || fault == Fault::kEndTakesGrantsBeforeItsDate) &&
         (edge.takes_grants || fault == Fault::kEndTakesGrantsThatItLeaves);
}

bool CountsByFault(const Grant& grant, Fault fault) {
  return (grant.state == "TERMINATED" && fault == Fault::kTerminatedGrantCounts) ||
         (grant.state == "CREATED" && fault == Fault::kDraftCounts) ||
         (grant.state == "APPROVAL_PENDING" && fault == Fault::kPendingGrantCounts) ||
         ((grant.state == "DECLINED" || grant.state == "WITHDRAWN" || grant.state == "LAPSED") &&
          fault == Fault::kRefusedGrantCounts);
}

bool IsInForce(const Grant& grant, Fault fault) {
  const bool extends = grant.extends && fault != Fault::kGrantDoesNotExtend;
  if (grant.end_has_come && !extends && fault != Fault::kGrantOutlivesItsEnd) return false;
  return grant.state == "ACTIVE" || CountsByFault(grant, fault);
}

// As if it were ACTIVE, whatever it is.
bool WouldAllow(const Edge& edge, std::string_view permission, Fault fault) {
  return Shows(edge.type, fault).contains(permission) || kActiveAllows.contains(permission);
}

bool Allows(const Edge& edge, std::string_view permission, Fault fault) {
  if (Shows(edge.type, fault).contains(permission)) return true;
  if (!kActiveAllows.contains(permission)) return false;
  if (edge.state == "ACTIVE") return true;
  if (edge.state == "SUSPENDED") {
    // A partner gives up a suspended relationship, too.
    return permission == kRemoval ||
           (permission == kOrders && fault == Fault::kSuspendedEdgeOrders);
  }
  return permission == kOrders && fault == Fault::kEndingEdgeOrders;
}

bool Allows(const Grant& grant, std::string_view permission, Fault fault) {
  if (permission == kOrders && fault == Fault::kGrantOrders) return true;
  return std::any_of(grant.roles.begin(), grant.roles.end(), [&](const std::string& role) {
    return GrantRoleAllows(role).contains(permission);
  });
}

bool AGrantCouldAllow(std::string_view permission) {
  return permission != kOrders && permission != kRemoval && permission != kRequest &&
         permission != "order.view";
}

bool RoleAllows(const std::map<std::string_view, Words>& caps, const Asker& asker,
                std::string_view permission) {
  return std::any_of(asker.roles.begin(), asker.roles.end(), [&](const std::string& role) {
    const auto cap = caps.find(role);
    return cap != caps.end() && cap->second.contains(permission);
  });
}

Verdict Yes(std::set<std::string> bases) { return {true, std::move(bases), ""}; }
Verdict No(const char* reason) { return {false, {}, reason}; }

Verdict JudgePartner(const Asker& asker, std::string_view permission, const Holdings& holdings,
                     Fault fault) {
  const bool by_fault = (fault == Fault::kHelpdeskOrders && permission == kOrders) ||
                        (fault == Fault::kSalesAgentRemoves && permission == kRemoval &&
                         std::count(asker.roles.begin(), asker.roles.end(), "sales_agent") > 0);
  if (!RoleAllows(CapsOfPartners(), asker, permission) && !by_fault) return No("ROLE_MISSING");
  if (!asker.active && fault != Fault::kSuspendedPartnerActs) return No("PARTNER_SUSPENDED");
  if (permission == "invitation.create") return Yes({asker.account});

  std::set<std::string> edges, grants;
  bool holds_something = false;
  bool would_do = false;
  bool grants_are_taken = false;
  for (const Edge& edge : holdings.edges) {
    grants_are_taken = grants_are_taken || TakesGrants(edge, fault);
    if (IsOver(edge, fault)) continue;
    holds_something = true;
    would_do = would_do || WouldAllow(edge, permission, fault);
    if (Allows(edge, permission, fault)) edges.insert(edge.name);
  }
  for (const Grant& grant : holdings.grants) {
    if (grants_are_taken || !IsInForce(grant, fault)) continue;
    holds_something = true;
    if (Allows(grant, permission, fault)) grants.insert(grant.name);
  }
  if (fault == Fault::kGrantComesFirst && !grants.empty()) return Yes(grants);
  if (!edges.empty()) return Yes(edges);
  if (!grants.empty()) return Yes(grants);
  if (!holds_something && fault != Fault::kStrangerIsToldWhatItLacks) {
    return No("RESOURCE_NOT_FOUND");
  }
  if (would_do) return No("RELATIONSHIP_INACTIVE");
  return No(AGrantCouldAllow(permission) ? "PERMISSION_MISSING" : "RELATIONSHIP_MISSING");
}

}  // namespace

Verdict Judge(const Asker& asker, std::string_view permission, const std::string& customer,
              const Holdings& holdings, Fault fault) {
  if (asker.account.rfind("partners/", 0) == 0) {
    return JudgePartner(asker, permission, holdings, fault);
  }
  if (asker.account == "operators") {
    if (!RoleAllows(CapsOfOperators(), asker, permission)) return No("ROLE_MISSING");
    return Yes({asker.account});
  }
  const bool by_fault = fault == Fault::kBillingAdministratorEdits && permission == "customer.edit";
  if (!RoleAllows(CapsOfCustomers(), asker, permission) && !by_fault) return No("ROLE_MISSING");
  return asker.account == customer ? Yes({customer}) : No("RESOURCE_NOT_FOUND");
}

}  // namespace partnerlink::access_model
