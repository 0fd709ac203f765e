#include "services/directory/orders/rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/access/permission.h"
#include "common/request/request.h"
#include "common/validation/text.h"

namespace partnerlink::directory::orders {
namespace {

using relationship::v1::Relationship;
using v1::Order;

constexpr int kMostLines = 20;
constexpr int32_t kMostSeatsOfALine = 100'000;

absl::Status FieldInvalid(std::string_view field, std::string_view problem) {
  FieldViolations violations;
  violations.Add(field, problem);
  return violations.ToStatus();
}

void CheckLine(const Order::LineItem& item, const std::string& path, FieldViolations& violations) {
  if (item.offer().empty() == item.subscription().empty()) {
    violations.Add(path, "must name either an offer or a subscription");
  }
  if (!item.offer().empty() && !request::IsAccountName(item.offer(), "offers")) {
    violations.Add(absl::StrCat(path, ".offer"), "is not of the form offers/{id}");
  }
  if (!item.subscription().empty() &&
      !request::ParseChildName(item.subscription(), "customers", "subscriptions")) {
    violations.Add(absl::StrCat(path, ".subscription"),
                   "is not of the form customers/{id}/subscriptions/{uuid}");
  }
  if (item.quantity() < 1 || item.quantity() > kMostSeatsOfALine) {
    violations.Add(absl::StrCat(path, ".quantity"), "must be 1 to 100000");
  }
}

// Those that may order, by name.
std::vector<std::string> MayOrder(const access::Facts& facts) {
  const access::Permission& create = access::OrderCreate();
  std::vector<std::string> names;
  for (const Relationship& relationship : facts.relationships) {
    if (std::find(create.edge_states.begin(), create.edge_states.end(), relationship.state()) !=
            create.edge_states.end() &&
        std::find(create.edge_types.begin(), create.edge_types.end(), relationship.type()) !=
            create.edge_types.end()) {
      names.push_back(relationship.name());
    }
  }
  return names;
}

bool Holds(const access::Facts& facts, std::string_view relationship) {
  return std::any_of(facts.relationships.begin(), facts.relationships.end(),
                     [&](const Relationship& held) { return held.name() == relationship; });
}

}  // namespace

void CheckRelationshipName(std::string_view field, std::string_view name,
                           FieldViolations& violations) {
  if (!name.empty() && !request::ParseRelationshipName(name)) {
    violations.Add(field, "is not of the form relationships/{uuid}");
  }
}

std::string LinePath(int line) { return absl::StrCat("order.line_items[", line, "]"); }

void CheckShape(const Order& order, FieldViolations& violations) {
  CheckRelationshipName(kRelationshipField, order.relationship(), violations);
  if (order.line_items().empty() || order.line_items_size() > kMostLines) {
    violations.Add("order.line_items", "must be 1 to 20");
    return;
  }
  std::set<std::string_view> subscriptions;
  for (int line = 0; line < order.line_items_size(); ++line) {
    const Order::LineItem& item = order.line_items(line);
    CheckLine(item, LinePath(line), violations);
    if (!item.subscription().empty() && !subscriptions.insert(item.subscription()).second) {
      violations.Add(absl::StrCat(LinePath(line), ".subscription"), "is named twice");
    }
  }
}

absl::StatusOr<std::string> ChooseRelationship(const Principal& caller, std::string_view customer,
                                               std::string_view asked, const access::Facts& facts,
                                               std::string_view field) {
  const access::Permission& create = access::OrderCreate();
  const access::Decision any = access::Decide(caller, {create, customer}, facts);
  if (!asked.empty()) {
    // Who may not order at all is told so first; who may is told about the one it names.
    const bool has_relationship = any.allowed || any.reason == common::v1::RELATIONSHIP_INACTIVE;
    if (!has_relationship) return access::ToStatus(any, create);
    if (!Holds(facts, asked)) {
      return FieldInvalid(field, "is not a relationship of yours to this customer, or it is over");
    }
    PARTNERLINK_RETURN_IF_ERROR(access::Check(caller, {create, customer, asked}, facts));
    return std::string(asked);
  }
  if (!any.allowed) return access::ToStatus(any, create);
  if (MayOrder(facts).size() > 1) {
    return FieldInvalid(field, "is needed: two relationships of yours may order");
  }
  return any.basis;
}

absl::Status CheckSeller(const v1::Subscription& subscription, std::string_view customer,
                         const access::Facts& facts) {
  if (access::MayPartner(subscription.partner(),
                         {access::OrderCreate(), customer, subscription.relationship()}, facts)) {
    return absl::OkStatus();
  }
  return Refusal(common::v1::RELATIONSHIP_INACTIVE,
                 "The relationship that the subscription was sold through is not in force.",
                 {{"relationship", subscription.relationship()}});
}

absl::Status CheckReader(const Principal& reader, std::string_view customer,
                         const access::Facts& facts) {
  return access::Check(reader, {access::OrderView(), customer}, facts);
}

std::string PlacedBy(const Principal& reader) {
  return reader.family == AccountFamily::kPartner ? reader.account : "";
}

absl::Status CheckAvailable(const std::string& name, const v1::Offer* offer) {
  if (offer != nullptr && offer->state() == v1::Offer::ACTIVE) return absl::OkStatus();
  return Refusal(common::v1::OFFER_UNAVAILABLE,
                 offer == nullptr ? "There is no such offer." : "The offer is retired.",
                 {{"offer", name}});
}

Order ToPlace(const Principal& caller, const v1::CreateOrderRequest& request,
              const std::string& relationship) {
  Order order;
  order.set_customer(request.parent());
  order.set_relationship(relationship);
  *order.mutable_line_items() = request.order().line_items();
  order.set_actor(caller.subject);
  order.set_partner(caller.account);
  return order;
}

std::vector<std::string> ToEnlarge(const Order& order) {
  std::vector<std::string> ids;
  for (const Order::LineItem& item : order.line_items()) {
    const auto name = request::ParseChildName(item.subscription(), "customers", "subscriptions");
    if (name) ids.push_back(name->id);
  }
  return ids;
}

void HideNames(const Order& asked, Order& placed) {
  placed.clear_name();
  for (int line = 0; line < placed.line_items_size(); ++line) {
    placed.mutable_line_items(line)->set_subscription(asked.line_items(line).subscription());
  }
}

}  // namespace partnerlink::directory::orders
