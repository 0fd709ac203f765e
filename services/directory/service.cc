#include "services/directory/service.h"

#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/offers/handlers.h"
#include "services/directory/orders/handlers.h"
#include "services/directory/subscriptions/handlers.h"

namespace partnerlink::directory {

absl::StatusOr<std::unique_ptr<rpc::Service>> MakeService(const Deps& deps, const rpc::Edge& edge) {
  const google::protobuf::ServiceDescriptor* descriptor =
      v1::GetCustomerRequest::descriptor()->file()->FindServiceByName("CustomerDirectoryService");
  auto service = std::make_unique<rpc::Service>(*descriptor, edge);
  service->Unary<v1::GetCustomerRequest, v1::Customer>(
      "GetCustomer", customers::ValidateGetCustomer,
      [&deps](const auto& call, const auto& request) {
        return customers::GetCustomer(call, deps, request);
      });
  service->Unary<v1::ListCustomersRequest, v1::ListCustomersResponse>(
      "ListCustomers", customers::ValidateListCustomers,
      [&deps](const auto& call, const auto& request) {
        return customers::ListCustomers(call, deps, request);
      });
  service->Unary<v1::CreateOfferRequest, v1::Offer>(
      "CreateOffer", offers::ValidateCreateOffer, [&deps](const auto& call, const auto& request) {
        return offers::CreateOffer(call, deps, request);
      });
  service->Unary<v1::GetOfferRequest, v1::Offer>("GetOffer", offers::ValidateGetOffer,
                                                 [&deps](const auto& call, const auto& request) {
                                                   return offers::GetOffer(call, deps, request);
                                                 });
  service->Unary<v1::ListOffersRequest, v1::ListOffersResponse>(
      "ListOffers", offers::ValidateListOffers, [&deps](const auto& call, const auto& request) {
        return offers::ListOffers(call, deps, request);
      });
  service->Unary<v1::UpdateOfferRequest, v1::Offer>(
      "UpdateOffer", offers::ValidateUpdateOffer, [&deps](const auto& call, const auto& request) {
        return offers::UpdateOffer(call, deps, request);
      });
  service->Unary<v1::CreateOrderRequest, v1::Order>(
      "CreateOrder", orders::ValidateCreateOrder, [&deps](const auto& call, const auto& request) {
        return orders::CreateOrder(call, deps, request);
      });
  service->Unary<v1::GetOrderRequest, v1::Order>("GetOrder", orders::ValidateGetOrder,
                                                 [&deps](const auto& call, const auto& request) {
                                                   return orders::GetOrder(call, deps, request);
                                                 });
  service->Unary<v1::ListOrdersRequest, v1::ListOrdersResponse>(
      "ListOrders", orders::ValidateListOrders, [&deps](const auto& call, const auto& request) {
        return orders::ListOrders(call, deps, request);
      });
  service->Unary<v1::GetSubscriptionRequest, v1::Subscription>(
      "GetSubscription", subscriptions::ValidateGetSubscription,
      [&deps](const auto& call, const auto& request) {
        return subscriptions::GetSubscription(call, deps, request);
      });
  service->Unary<v1::ListSubscriptionsRequest, v1::ListSubscriptionsResponse>(
      "ListSubscriptions", subscriptions::ValidateListSubscriptions,
      [&deps](const auto& call, const auto& request) {
        return subscriptions::ListSubscriptions(call, deps, request);
      });
  service->Unary<v1::CancelSubscriptionRequest, v1::Subscription>(
      "CancelSubscription", subscriptions::ValidateCancelSubscription,
      [&deps](const auto& call, const auto& request) {
        return subscriptions::CancelSubscription(call, deps, request);
      });
  service->Unary<v1::ApplyRelationshipsRequest, v1::ApplyRelationshipsResponse>(
      "ApplyRelationships", customers::ValidateApplyRelationships,
      [&deps](const auto& call, const auto& request) {
        return customers::ApplyRelationships(call, deps, request);
      });
  PARTNERLINK_RETURN_IF_ERROR(service->Check());
  return service;
}

}  // namespace partnerlink::directory
