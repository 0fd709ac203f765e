#include "services/directory/service.h"

#include <algorithm>
#include <functional>
#include <string>
#include <utility>

#include "common/status/status.h"
#include "services/directory/customers/handlers.h"

namespace partnerlink::directory {
namespace {

constexpr absl::Duration kWaitForRelationships = absl::Seconds(1);

// A handler with its dependencies given.
template <typename Request, typename Response>
rpc::Service::Handler<Request, Response> With(
    const Deps& deps,
    absl::StatusOr<Response> (*handler)(const CallContext&, const Deps&, const Request&)) {
  return [&deps, handler](const CallContext& context, const Request& request) {
    return handler(context, deps, request);
  };
}

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::Service>> MakeService(const Deps& deps,
                                                          outbox::Relay& relationship_relay,
                                                          const rpc::Edge& edge) {
  using namespace v1;         // NOLINT: the messages
  using namespace customers;  // NOLINT: the handlers
  const google::protobuf::FileDescriptor* file = GetCustomerRequest::descriptor()->file();
  auto service =
      std::make_unique<rpc::Service>(*file->FindServiceByName("CustomerDirectoryService"), edge);
  const rpc::WaitForArrival wait = [&relationship_relay](const std::string& root,
                                                         absl::Time deadline,
                                                         std::function<void()> done) {
    relationship_relay.WhenDelivered(root, std::min(kWaitForRelationships, deadline - absl::Now()),
                                     std::move(done));
  };

  service->UnaryThenWait("CreateCustomer", ValidateCreateCustomer, With(deps, CreateCustomer), wait,
                         With(deps, ReadCreated));
  service->Unary("GetCustomer", ValidateGetCustomer, With(deps, GetCustomer));
  service->Unary("ListCustomers", ValidateListCustomers, With(deps, ListCustomers));
  service->Unary("CountCustomers", ValidateCountCustomers, With(deps, CountCustomers));
  service->Unary("SetCustomerLabels", ValidateSetCustomerLabels, With(deps, SetCustomerLabels));
  service->Unary("ApplyRelationships", ValidateApplyRelationships, With(deps, ApplyRelationships));

  PARTNERLINK_RETURN_IF_ERROR(service->Check());
  return service;
}

}  // namespace partnerlink::directory
