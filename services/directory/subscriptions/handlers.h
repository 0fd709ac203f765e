// The RPCs on subscriptions. Validate… checks a request's shape only and reports all violations at
// once; the handlers run on a worker. Refusal reasons: see customer_directory_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "services/directory/deps.h"

namespace partnerlink::directory::subscriptions {

absl::Status ValidateGetSubscription(const v1::GetSubscriptionRequest& request);
absl::StatusOr<v1::Subscription> GetSubscription(const CallContext& context, const Deps& deps,
                                                 const v1::GetSubscriptionRequest& request);

absl::Status ValidateListSubscriptions(const v1::ListSubscriptionsRequest& request);
absl::StatusOr<v1::ListSubscriptionsResponse> ListSubscriptions(
    const CallContext& context, const Deps& deps, const v1::ListSubscriptionsRequest& request);

absl::Status ValidateUpdateSubscription(const v1::UpdateSubscriptionRequest& request);
absl::StatusOr<v1::Subscription> UpdateSubscription(const CallContext& context, const Deps& deps,
                                                    const v1::UpdateSubscriptionRequest& request);

absl::Status ValidateSuspendSubscription(const v1::SuspendSubscriptionRequest& request);
absl::StatusOr<v1::Subscription> SuspendSubscription(const CallContext& context, const Deps& deps,
                                                     const v1::SuspendSubscriptionRequest& request);

absl::Status ValidateReactivateSubscription(const v1::ReactivateSubscriptionRequest& request);
absl::StatusOr<v1::Subscription> ReactivateSubscription(
    const CallContext& context, const Deps& deps, const v1::ReactivateSubscriptionRequest& request);

absl::Status ValidateListSubscriptionChanges(const v1::ListSubscriptionChangesRequest& request);
absl::StatusOr<v1::ListSubscriptionChangesResponse> ListSubscriptionChanges(
    const CallContext& context, const Deps& deps,
    const v1::ListSubscriptionChangesRequest& request);

absl::Status ValidateCancelSubscription(const v1::CancelSubscriptionRequest& request);
absl::StatusOr<v1::Subscription> CancelSubscription(const CallContext& context, const Deps& deps,
                                                    const v1::CancelSubscriptionRequest& request);

}  // namespace partnerlink::directory::subscriptions
