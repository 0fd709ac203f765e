// The orders of a customer, newest first: a partner sees those that it placed.
#include "common/access/store.h"
#include "common/status/status.h"
#include "services/directory/orders/handlers.h"
#include "services/directory/orders/rules.h"
#include "services/directory/orders/store.h"

namespace partnerlink::directory::orders {
namespace {

constexpr std::string_view kParents[] = {"customers"};

}  // namespace

absl::Status ValidateListOrders(const v1::ListOrdersRequest& request) {
  return paging::NewestFirst::Validate(request, kParents, ListFields());
}

absl::StatusOr<v1::ListOrdersResponse> ListOrders(const CallContext& context, const Deps& deps,
                                                  const v1::ListOrdersRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list,
      paging::NewestFirst::Open(deps.page_tokens, context, request, kParents, ListFields()));
  return postgres::Read<v1::ListOrdersResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListOrdersResponse> {
        PARTNERLINK_RETURN_IF_ERROR(
            CheckReader(context.principal, request.parent(),
                        access::FindFacts(transaction, context.principal, request.parent())));
        v1::ListOrdersResponse response;
        response.set_next_page_token(list.Cut(List(transaction, list, PlacedBy(context.principal)),
                                              *response.mutable_orders()));
        return response;
      });
}

}  // namespace partnerlink::directory::orders
