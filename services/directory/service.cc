#include "services/directory/service.h"

#include "common/status/status.h"
#include "services/directory/customers/handlers.h"

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
  service->Unary<v1::ApplyRelationshipsRequest, v1::ApplyRelationshipsResponse>(
      "ApplyRelationships", customers::ValidateApplyRelationships,
      [&deps](const auto& call, const auto& request) {
        return customers::ApplyRelationships(call, deps, request);
      });
  PARTNERLINK_RETURN_IF_ERROR(service->Check());
  return service;
}

}  // namespace partnerlink::directory
