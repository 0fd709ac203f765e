// Sets a subscription's seats, more or fewer but no fewer than users have, and whether another term
// follows. Without renewal the term that is running is the last. Decided as a cancellation is. What
// is so already is answered and leaves no trace.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/directory/subscriptions/change.h"
#include "services/directory/subscriptions/events.h"
#include "services/directory/subscriptions/handlers.h"

namespace partnerlink::directory::subscriptions {

using google::protobuf::util::MessageDifferencer;

absl::Status ValidateUpdateSubscription(const v1::UpdateSubscriptionRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.subscription().name(), "customers", "subscriptions")) {
    violations.Add("subscription.name", kNameProblem);
  }
  request::CheckRequestId(request.request_id(), violations);
  const auto paths = UpdatePaths(request.update_mask(), request.subscription());
  if (paths.ok()) CheckUpdate(request.subscription(), *paths, violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return paths.status();
}

absl::StatusOr<v1::Subscription> UpdateSubscription(const CallContext& context, const Deps& deps,
                                                    const v1::UpdateSubscriptionRequest& request) {
  const v1::Subscription& asked = request.subscription();
  PARTNERLINK_ASSIGN_OR_RETURN(const google::protobuf::FieldMask paths,
                               UpdatePaths(request.update_mask(), asked));
  return outbox::Mutate<v1::Subscription>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Subscription> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row before, OpenForChange(transaction, context.principal,
                                                                     asked.name(), asked.etag()));
        PARTNERLINK_ASSIGN_OR_RETURN(const v1::Subscription wanted,
                                     Updated(before.subscription, paths, asked));
        if (MessageDifferencer::Equals(wanted, before.subscription)) return wanted;
        PARTNERLINK_ASSIGN_OR_RETURN(
            Row after, Written(transaction, context.principal, before, Action::kSetRenewal,
                               Update(transaction, before, wanted)));
        Record(transaction, changes, v1::SubscriptionChange::UPDATED, &before, after);
        return std::move(after.subscription);
      });
}

}  // namespace partnerlink::directory::subscriptions
