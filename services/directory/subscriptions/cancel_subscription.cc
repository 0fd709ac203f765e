// Ends a subscription at once. It shares the locks of the relationship that the subscription was
// sold through and of the caller's grants, so that it never crosses the end of what it rests on,
// and decides by what holds behind them.
#include "common/access/store.h"
#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "services/directory/subscriptions/events.h"
#include "services/directory/subscriptions/handlers.h"
#include "services/directory/subscriptions/rules.h"
#include "services/directory/subscriptions/store.h"

namespace partnerlink::directory::subscriptions {
namespace {

// OK if the caller may change the subscription; what allows it stays as it is from then on.
absl::Status HoldAndCheck(postgres::Transaction& transaction, const Principal& caller,
                          const request::ChildName& name) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const Sight sight,
      SightOf(caller, name.account, access::FindFacts(transaction, caller, name.account)));
  const std::optional<Row> seen = Find(transaction, name.account, name.id, sight.sold_through);
  if (!seen) return NotSeen(sight);
  const std::string& relationship = seen->subscription.relationship();
  access::ShareEdge(transaction, relationship);
  return CheckManager(caller, name.account, relationship,
                      access::FindFactsAndShareGrants(transaction, caller, name.account));
}

}  // namespace

absl::Status ValidateCancelSubscription(const v1::CancelSubscriptionRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.name(), "customers", "subscriptions")) {
    violations.Add("name", kNameProblem);
  }
  request::CheckReason("reason", request.reason(), violations);
  request::CheckRequestId(request.request_id(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::Subscription> CancelSubscription(const CallContext& context, const Deps& deps,
                                                    const v1::CancelSubscriptionRequest& request) {
  const auto name = request::ParseChildName(request.name(), "customers", "subscriptions");
  return outbox::Mutate<v1::Subscription>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Subscription> {
        PARTNERLINK_RETURN_IF_ERROR(HoldAndCheck(transaction, context.principal, *name));
        const std::optional<Row> before =
            Find(transaction, name->account, name->id, {}, Lock::kForUpdate);
        // A grant that the decision rested on has just ended.
        if (!before) return NotFound();
        PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(request.etag(), before->revision));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kCancel, before->subscription.state()));
        std::optional<Row> after = Cancel(transaction, *before, request.reason());
        if (!after) return absl::InternalError("a locked subscription was not cancelled");
        RecordCancelled(changes, {{*before, *after}});
        return std::move(after->subscription);
      });
}

}  // namespace partnerlink::directory::subscriptions
