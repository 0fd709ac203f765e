// A small reference model of what relationships and grants allow, written from the product's rules
// and from nothing else: it shares no line with the decision that the services take.
#pragma once

#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace partnerlink::access_model {

// One relationship of a partner to a customer, as it stands in the database.
struct Edge {
  std::string name;   // `relationships/{uuid}`
  std::string type;   // RESELLER, PROVIDER
  std::string state;  // ACTIVE, SUSPENDED, ENDING, ENDED
  bool end_has_come = false;
  bool takes_grants = false;  // its customer has ended it, and the grants with it
};

// One grant of a partner over a customer.
struct Grant {
  std::string name;           // `partners/{id}/grants/{uuid}`
  std::string state;          // CREATED, APPROVAL_PENDING, ACTIVE, …
  bool end_has_come = false;  // of a request: the end of the time to answer it
  bool extends = false;       // by itself, whenever its end has come
  std::vector<std::string> roles;
};

// All that one partner has, and has had, of one customer.
struct Holdings {
  std::vector<Edge> edges;
  std::vector<Grant> grants;
};

struct Asker {
  std::string account;  // `partners/{id}`, `customers/{id}`, `operators`
  std::vector<std::string> roles;
  bool active = true;  // a partner: enrolled and not suspended
};

// What the product's rules say.
struct Verdict {
  bool allowed = false;
  // Allowed: what the answer may rest on. Several where several do equally well.
  std::set<std::string> bases;
  std::string reason;  // not allowed: an ErrorReason
};

// A rule that is wrong on purpose; the comparison with the services must find each.
enum class Fault {
  kNone,
  kSuspendedEdgeOrders,
  kEndingEdgeOrders,
  kEndingGoesOnAfterItsEnd,
  kEndedEdgeIsSeen,
  kGrantOutlivesItsEnd,
  kGrantDoesNotExtend,
  kTerminatedGrantCounts,
  kDraftCounts,
  kPendingGrantCounts,
  kRefusedGrantCounts,
  kGrantOutlivesItsRelationship,
  kEndTakesGrantsBeforeItsDate,
  kEndTakesGrantsThatItLeaves,
  kEndedEdgeTakesLaterGrants,
  kGrantOrders,
  kProviderSeesSubscriptions,
  kHelpdeskOrders,
  kSalesAgentRemoves,
  kSuspendedPartnerActs,
  kGrantComesFirst,
  kStrangerIsToldWhatItLacks,
  kBillingAdministratorEdits,
};

inline constexpr Fault kFaults[] = {
    Fault::kSuspendedEdgeOrders,
    Fault::kEndingEdgeOrders,
    Fault::kEndingGoesOnAfterItsEnd,
    Fault::kEndedEdgeIsSeen,
    Fault::kGrantOutlivesItsEnd,
    Fault::kGrantDoesNotExtend,
    Fault::kTerminatedGrantCounts,
    Fault::kDraftCounts,
    Fault::kPendingGrantCounts,
    Fault::kRefusedGrantCounts,
    Fault::kGrantOutlivesItsRelationship,
    Fault::kEndTakesGrantsBeforeItsDate,
    Fault::kEndTakesGrantsThatItLeaves,
    Fault::kEndedEdgeTakesLaterGrants,
    Fault::kGrantOrders,
    Fault::kProviderSeesSubscriptions,
    Fault::kHelpdeskOrders,
    Fault::kSalesAgentRemoves,
    Fault::kSuspendedPartnerActs,
    Fault::kGrantComesFirst,
    Fault::kStrangerIsToldWhatItLacks,
    Fault::kBillingAdministratorEdits,
};

inline constexpr std::string_view kPermissions[] = {
    "customer.view",     "customer.edit",     "order.create",        "order.view",
    "subscription.view", "user.view",         "subscription.manage", "user.manage",
    "license.view",      "license.manage",    "service.manage",      "relationship.remove",
    "grant.create",      "invitation.create", "user.unblock",
};

// May the asker do that with this customer? `holdings` are those of the asker, if it is a partner.
Verdict Judge(const Asker& asker, std::string_view permission, const std::string& customer,
              const Holdings& holdings, Fault fault = Fault::kNone);

}  // namespace partnerlink::access_model
