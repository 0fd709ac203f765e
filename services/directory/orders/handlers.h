// The RPCs on orders. Validate… checks a request's shape only and reports all violations at once;
// the handlers run on a worker. Refusal reasons: see customer_directory_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "services/directory/deps.h"

namespace partnerlink::directory::orders {

absl::Status ValidateCreateOrder(const v1::CreateOrderRequest& request);
absl::StatusOr<v1::Order> CreateOrder(const CallContext& context, const Deps& deps,
                                      const v1::CreateOrderRequest& request);

absl::Status ValidateGetOrder(const v1::GetOrderRequest& request);
absl::StatusOr<v1::Order> GetOrder(const CallContext& context, const Deps& deps,
                                   const v1::GetOrderRequest& request);

absl::Status ValidateListOrders(const v1::ListOrdersRequest& request);
absl::StatusOr<v1::ListOrdersResponse> ListOrders(const CallContext& context, const Deps& deps,
                                                  const v1::ListOrdersRequest& request);

}  // namespace partnerlink::directory::orders
