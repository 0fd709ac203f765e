// Lets a paused subscription run again, as it was before. Decided as a cancellation is.
#include "services/directory/subscriptions/change.h"
#include "services/directory/subscriptions/handlers.h"

namespace partnerlink::directory::subscriptions {

absl::Status ValidateReactivateSubscription(const v1::ReactivateSubscriptionRequest& request) {
  return CheckChange(request);
}

absl::StatusOr<v1::Subscription> ReactivateSubscription(
    const CallContext& context, const Deps& deps,
    const v1::ReactivateSubscriptionRequest& request) {
  return ChangeState(context, deps, request, Action::kReactivate,
                     v1::SubscriptionChange::REACTIVATED);
}

}  // namespace partnerlink::directory::subscriptions
