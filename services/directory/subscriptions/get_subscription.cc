// A subscription of a customer: for the customer, for a partner that may see all of the customer's
// subscriptions, and for the partner that sold it. For everyone else it does not exist.
#include "common/request/request.h"
#include "services/directory/subscriptions/handlers.h"
#include "services/directory/subscriptions/rules.h"
#include "services/directory/subscriptions/sight.h"

namespace partnerlink::directory::subscriptions {

absl::Status ValidateGetSubscription(const v1::GetSubscriptionRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.name(), "customers", "subscriptions")) {
    violations.Add("name", kNameProblem);
  }
  return violations.ToStatus();
}

absl::StatusOr<v1::Subscription> GetSubscription(const CallContext& context, const Deps& deps,
                                                 const v1::GetSubscriptionRequest& request) {
  const auto name = request::ParseChildName(request.name(), "customers", "subscriptions");
  return postgres::Read<v1::Subscription>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::Subscription> {
        PARTNERLINK_ASSIGN_OR_RETURN(Row row, FindSeen(transaction, context.principal, *name));
        return std::move(row.subscription);
      });
}

}  // namespace partnerlink::directory::subscriptions
