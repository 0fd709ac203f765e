// The subscriptions of a customer that the reader sees, newest first; those that are over stay
// listed.
#include "common/access/store.h"
#include "common/status/status.h"
#include "services/directory/subscriptions/handlers.h"
#include "services/directory/subscriptions/rules.h"
#include "services/directory/subscriptions/store.h"

namespace partnerlink::directory::subscriptions {

absl::Status ValidateListSubscriptions(const v1::ListSubscriptionsRequest& request) {
  return paging::NewestFirst::Validate(request, kListParents, ListFields());
}

absl::StatusOr<v1::ListSubscriptionsResponse> ListSubscriptions(
    const CallContext& context, const Deps& deps, const v1::ListSubscriptionsRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list,
      paging::NewestFirst::Open(deps.page_tokens, context, request, kListParents, ListFields()));
  return postgres::Read<v1::ListSubscriptionsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListSubscriptionsResponse> {
        PARTNERLINK_ASSIGN_OR_RETURN(
            const Sight sight,
            SightOf(context.principal, request.parent(),
                    access::FindFacts(transaction, context.principal, request.parent())));
        v1::ListSubscriptionsResponse response;
        response.set_next_page_token(list.Cut(List(transaction, list, sight.sold_through),
                                              *response.mutable_subscriptions()));
        return response;
      });
}

}  // namespace partnerlink::directory::subscriptions
