#include "services/directory/subscriptions/rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "common/access/permission.h"
#include "common/request/field_mask.h"

namespace partnerlink::directory::subscriptions {
namespace {

using google::protobuf::FieldMask;
using v1::Subscription;

constexpr std::string_view kQuantity = "quantity";
constexpr std::string_view kWritable[] = {kQuantity, "auto_renew"};

bool Names(const FieldMask& paths, std::string_view field) {
  return std::find(paths.paths().begin(), paths.paths().end(), field) != paths.paths().end();
}

std::string_view NameOf(Action action) {
  switch (action) {
    case Action::kAddSeats:
      return "add seats";
    case Action::kSetSeats:
      return "change seats";
    case Action::kSetRenewal:
      return "change the renewal";
    case Action::kSuspend:
      return "suspend";
    case Action::kReactivate:
      return "reactivate";
    case Action::kCancel:
      return "cancel";
    case Action::kExpire:
      return "expire";
    case Action::kHandOver:
      return "transfer";
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
  const bool active = state == Subscription::ACTIVE;
  const bool suspended = state == Subscription::SUSPENDED;
  if (!active && !suspended) return std::nullopt;
  switch (action) {
    case Action::kAddSeats:
    case Action::kSetSeats:
      if (active) return state;
      break;
    case Action::kSetRenewal:
    case Action::kHandOver:
      return state;
    case Action::kSuspend:
      if (active) return Subscription::SUSPENDED;
      break;
    case Action::kReactivate:
      if (suspended) return Subscription::ACTIVE;
      break;
    case Action::kCancel:
      return Subscription::CANCELLED;
    case Action::kExpire:
      return Subscription::EXPIRED;
  }
  return std::nullopt;
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

absl::StatusOr<FieldMask> UpdatePaths(const FieldMask& mask, const Subscription& asked) {
  return request::WritablePaths(mask, asked, kWritable);
}

void CheckUpdate(const Subscription& asked, const FieldMask& paths, FieldViolations& violations) {
  if (Names(paths, kQuantity) && (asked.quantity() < 1 || asked.quantity() > kMostSeats)) {
    violations.Add("subscription.quantity", "must be 1 to 1000000");
  }
}

absl::StatusOr<Subscription> Updated(const Subscription& present, const FieldMask& paths,
                                     const Subscription& asked) {
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kSetRenewal, present.state()));
  if (Names(paths, kQuantity)) {
    PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kSetSeats, present.state()));
    if (asked.quantity() < present.assigned()) {
      return Refusal(common::v1::QUANTITY_BELOW_ASSIGNED,
                     "Users have more seats than the subscription would have.",
                     {{"assigned", absl::StrCat(present.assigned())}});
    }
  }
  Subscription updated = present;
  request::WritePaths(paths, asked, updated);
  return updated;
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
