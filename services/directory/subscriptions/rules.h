// Who sees a subscription, and what may be done with it. Pure functions, and the one place of this
// room that names a refusal.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/access/decision.h"
#include "common/context/call_context.h"
#include "common/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "partnerlink/directory/v1/order.pb.h"

namespace partnerlink::directory::subscriptions {

inline constexpr int32_t kMostSeats = 1'000'000;
inline constexpr char kNameProblem[] = "is not of the form customers/{id}/subscriptions/{uuid}";

// What is done with a subscription that is there.
enum class Action {
  kAddSeats,
  kSetSeats,
  kSetRenewal,
  kSuspend,
  kReactivate,
  kCancel,
  kExpire,
  kHandOver,  // to another partner
};

// The state after the action; none if the action is not for this state.
std::optional<v1::Subscription::State> After(Action action, v1::Subscription::State state);

// OK, or STATE_TRANSITION naming the action and the state.
absl::Status CheckAction(Action action, v1::Subscription::State state);

// Whether an order's line, which the request has at `line`, may add its seats to the subscription
// as it stands; null: there is none of that name that the order's relationship may enlarge.
// FIELD_INVALID, STATE_TRANSITION.
absl::Status CheckSeats(std::string_view line, int32_t added, const v1::Subscription* subscription);

// Of `quantity` and `auto_renew`, what an update writes; FIELD_INVALID, naming each path that
// cannot be written.
absl::StatusOr<google::protobuf::FieldMask> UpdatePaths(const google::protobuf::FieldMask& mask,
                                                        const v1::Subscription& asked);

// Adds a violation where seats are written that no subscription has.
void CheckUpdate(const v1::Subscription& asked, const google::protobuf::FieldMask& paths,
                 FieldViolations& violations);

// The subscription with what the paths name of `asked`. STATE_TRANSITION, QUANTITY_BELOW_ASSIGNED.
absl::StatusOr<v1::Subscription> Updated(const v1::Subscription& present,
                                         const google::protobuf::FieldMask& paths,
                                         const v1::Subscription& asked);

// Which subscriptions of a customer a reader sees.
struct Sight {
  // Those sold through one of these relationships, by name; empty: all.
  std::vector<std::string> sold_through;
};

// All for whom subscription.view is decided so. A partner that has relationships to the customer
// but not that permission sees what was sold through them. Otherwise the refusal of the decision.
absl::StatusOr<Sight> SightOf(const Principal& reader, std::string_view customer,
                              const access::Facts& facts);

// What a reader is answered about a subscription that it does not see: NOT_FOUND, or
// PERMISSION_MISSING for one that would have to be allowed more to know.
absl::Status NotSeen(const Sight& sight);

// Whether the caller may change what was sold through `relationship`.
absl::Status CheckManager(const Principal& caller, std::string_view customer,
                          std::string_view relationship, const access::Facts& facts);

}  // namespace partnerlink::directory::subscriptions
