// Pauses a subscription: nobody gets or loses seats of it until it runs again. Decided as a
// cancellation is.
#include "services/directory/subscriptions/change.h"
#include "services/directory/subscriptions/handlers.h"

namespace partnerlink::directory::subscriptions {

absl::Status ValidateSuspendSubscription(const v1::SuspendSubscriptionRequest& request) {
  return CheckChange(request);
}

absl::StatusOr<v1::Subscription> SuspendSubscription(
    const CallContext& context, const Deps& deps, const v1::SuspendSubscriptionRequest& request) {
  return ChangeState(context, deps, request, Action::kSuspend, v1::SubscriptionChange::SUSPENDED);
}

}  // namespace partnerlink::directory::subscriptions
