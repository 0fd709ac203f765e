// Ends a subscription at once, paused or not. It shares the locks of the relationship that the
// subscription was sold through and of the caller's grants, so that it never crosses the end of
// what it rests on, and decides by what holds behind them.
#include "services/directory/subscriptions/change.h"
#include "services/directory/subscriptions/handlers.h"

namespace partnerlink::directory::subscriptions {

absl::Status ValidateCancelSubscription(const v1::CancelSubscriptionRequest& request) {
  return CheckChange(request);
}

absl::StatusOr<v1::Subscription> CancelSubscription(const CallContext& context, const Deps& deps,
                                                    const v1::CancelSubscriptionRequest& request) {
  return ChangeState(context, deps, request, Action::kCancel, v1::SubscriptionChange::CANCELLED);
}

}  // namespace partnerlink::directory::subscriptions
