// What became of a subscription and by whose hand, the newest change first, for whoever sees it.
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/directory/subscriptions/handlers.h"
#include "services/directory/subscriptions/rules.h"
#include "services/directory/subscriptions/sight.h"
#include "services/directory/subscriptions/store.h"

namespace partnerlink::directory::subscriptions {
namespace {

paging::ListRequest ListOf(const v1::ListSubscriptionChangesRequest& request,
                           const request::ChildName& name) {
  return {name.account, request.filter(), request.page_token(), request.page_size(),
          request.parent()};
}

}  // namespace

absl::Status ValidateListSubscriptionChanges(const v1::ListSubscriptionChangesRequest& request) {
  const auto name = request::ParseChildName(request.parent(), "customers", "subscriptions");
  if (!name) {
    FieldViolations violations;
    violations.Add("parent", kNameProblem);
    if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
    return violations.ToStatus();
  }
  return paging::NewestFirst::Validate(ListOf(request, *name), kListParents, ChangeFields());
}

absl::StatusOr<v1::ListSubscriptionChangesResponse> ListSubscriptionChanges(
    const CallContext& context, const Deps& deps,
    const v1::ListSubscriptionChangesRequest& request) {
  const auto name = request::ParseChildName(request.parent(), "customers", "subscriptions");
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list, paging::NewestFirst::Open(deps.page_tokens, context, ListOf(request, *name),
                                                 kListParents, ChangeFields()));
  return postgres::Read<v1::ListSubscriptionChangesResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction)
          -> absl::StatusOr<v1::ListSubscriptionChangesResponse> {
        PARTNERLINK_RETURN_IF_ERROR(FindSeen(transaction, context.principal, *name).status());
        v1::ListSubscriptionChangesResponse response;
        response.set_next_page_token(
            list.Cut(ListChanges(transaction, list, name->id), *response.mutable_changes()));
        return response;
      });
}

}  // namespace partnerlink::directory::subscriptions
