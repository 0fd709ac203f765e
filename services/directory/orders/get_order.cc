// An order, for the customer and for the partner that placed it, while that one has a relationship
// to the customer that is not over. For everyone else it does not exist.
#include "common/access/store.h"
#include "common/request/request.h"
#include "services/directory/orders/handlers.h"
#include "services/directory/orders/rules.h"
#include "services/directory/orders/store.h"

namespace partnerlink::directory::orders {

absl::Status ValidateGetOrder(const v1::GetOrderRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.name(), "customers", "orders")) {
    violations.Add("name", "is not of the form customers/{id}/orders/{uuid}");
  }
  return violations.ToStatus();
}

absl::StatusOr<v1::Order> GetOrder(const CallContext& context, const Deps& deps,
                                   const v1::GetOrderRequest& request) {
  const auto name = request::ParseChildName(request.name(), "customers", "orders");
  return postgres::Read<v1::Order>(
      deps.pool, context, [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::Order> {
        PARTNERLINK_RETURN_IF_ERROR(
            CheckReader(context.principal, name->account,
                        access::FindFacts(transaction, context.principal, name->account)));
        std::optional<v1::Order> order =
            Find(transaction, name->account, name->id, PlacedBy(context.principal));
        if (!order) return NotFound();
        return *std::move(order);
      });
}

}  // namespace partnerlink::directory::orders
