#include "services/directory/subscriptions/rules.h"

#include "absl/strings/str_cat.h"
#include "common/access/permission.h"

namespace partnerlink::directory::subscriptions {
namespace {

using v1::Subscription;

std::string_view NameOf(Action action) {
  switch (action) {
    case Action::kAddSeats:
      return "add seats";
    case Action::kCancel:
      return "cancel";
  }
  return "";
}

absl::Status FieldInvalid(std::string_view line, const char* field, std::string_view problem) {
  FieldViolations violations;
  violations.Add(absl::StrCat(std::string(line), field), problem);
  return violations.ToStatus();
}

}  // namespace

std::optional<Subscription::State> After(Action action, Subscription::State state) {
  if (state != Subscription::ACTIVE) return std::nullopt;
  return action == Action::kCancel ? Subscription::CANCELLED : Subscription::ACTIVE;
}

absl::Status CheckAction(Action action, Subscription::State state) {
  if (After(action, state)) return absl::OkStatus();
  return StateTransition(NameOf(action), Subscription::State_Name(state));
}

absl::Status CheckSeats(std::string_view line, int32_t added, const Subscription* subscription) {
  if (subscription == nullptr) {
    return FieldInvalid(line, ".subscription", "is none that the order's relationship may enlarge");
  }
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kAddSeats, subscription->state()));
  if (added > kMostSeats - subscription->quantity()) {
    return FieldInvalid(line, ".quantity", "makes more than 1000000 seats in all");
  }
  return absl::OkStatus();
}

absl::StatusOr<Sight> SightOf(const Principal& reader, std::string_view customer,
                              const access::Facts& facts) {
  const access::Permission& view = access::SubscriptionView();
  const access::Decision decision = access::Decide(reader, {view, customer}, facts);
  if (decision.allowed) return Sight();
  if (decision.reason != common::v1::PERMISSION_MISSING || facts.relationships.empty()) {
    return access::ToStatus(decision, view);
  }
  Sight sight;
  for (const auto& relationship : facts.relationships) {
    sight.sold_through.push_back(relationship.name());
  }
  return sight;
}

absl::Status NotSeen(const Sight& sight) {
  if (sight.sold_through.empty()) return NotFound();
  access::Decision decision;
  decision.reason = common::v1::PERMISSION_MISSING;
  return access::ToStatus(decision, access::SubscriptionView());
}

absl::Status CheckManager(const Principal& caller, std::string_view customer,
                          std::string_view relationship, const access::Facts& facts) {
  return access::Check(caller, {access::SubscriptionManage(), customer, relationship}, facts);
}

}  // namespace partnerlink::directory::subscriptions
