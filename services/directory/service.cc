#include "services/directory/service.h"

#include "common/rpc/bind.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/imports/handlers.h"
#include "services/directory/licenses/handlers.h"
#include "services/directory/offers/handlers.h"
#include "services/directory/orders/handlers.h"
#include "services/directory/subscriptions/handlers.h"
#include "services/directory/transfers/handlers.h"
#include "services/directory/users/handlers.h"

namespace partnerlink::directory {
namespace {

constexpr absl::Duration kWaitForRelationships = absl::Seconds(1);
// An import goes no faster than its relationships come: they are in nobody else's way for long.
constexpr absl::Duration kLongestTurn = absl::Seconds(10);

}  // namespace

absl::StatusOr<std::unique_ptr<rpc::Service>> MakeService(const Deps& deps,
                                                          outbox::Relay& relationship_relay,
                                                          const rpc::Edge& edge) {
  using namespace v1;             // NOLINT: the messages
  using namespace customers;      // NOLINT: the handlers
  using namespace imports;        // NOLINT: the handlers
  using namespace licenses;       // NOLINT: the handlers
  using namespace offers;         // NOLINT: the handlers
  using namespace orders;         // NOLINT: the handlers
  using namespace subscriptions;  // NOLINT: the handlers
  using namespace transfers;      // NOLINT: the handlers
  using namespace users;          // NOLINT: the handlers
  using rpc::With;
  const google::protobuf::FileDescriptor* file = GetCustomerRequest::descriptor()->file();
  auto service =
      std::make_unique<rpc::Service>(*file->FindServiceByName("CustomerDirectoryService"), edge);

  service->UnaryThenWait("CreateCustomer", ValidateCreateCustomer, With(deps, CreateCustomer),
                         rpc::ArrivalBy(relationship_relay, kWaitForRelationships),
                         With(deps, ReadCreated));
  service->Unary("CheckCustomerExists", ValidateCheckCustomerExists,
                 With(deps, CheckCustomerExists));
  service->Unary("GetCustomer", ValidateGetCustomer, With(deps, GetCustomer));
  service->Unary("ListCustomers", ValidateListCustomers, With(deps, ListCustomers));
  service->Unary("CountCustomers", ValidateCountCustomers, With(deps, CountCustomers));
  service->Unary("UpdateCustomer", ValidateUpdateCustomer, With(deps, UpdateCustomer));
  service->Unary("SetCustomerLabels", ValidateSetCustomerLabels, With(deps, SetCustomerLabels));
  service->Series("ExportCustomers", ValidateExportCustomers, With(deps, ExportCustomers));
  service->Series("ExportCustomersCsv", ValidateExportCustomersCsv, With(deps, ExportCustomersCsv));
  service->ExchangeInTurn("ImportCustomers", ValidateImportCustomers, imports::IsQuestion,
                          With(deps, ImportCustomers),
                          rpc::ArrivalBy(relationship_relay, kLongestTurn), kLongestTurn);
  service->Unary("CreateOffer", ValidateCreateOffer, With(deps, CreateOffer));
  service->Unary("GetOffer", ValidateGetOffer, With(deps, GetOffer));
  service->Unary("ListOffers", ValidateListOffers, With(deps, ListOffers));
  service->Unary("UpdateOffer", ValidateUpdateOffer, With(deps, UpdateOffer));
  service->Unary("CreateOrder", ValidateCreateOrder, With(deps, CreateOrder));
  service->Unary("GetOrder", ValidateGetOrder, With(deps, GetOrder));
  service->Unary("ListOrders", ValidateListOrders, With(deps, ListOrders));
  service->Unary("GetSubscription", ValidateGetSubscription, With(deps, GetSubscription));
  service->Unary("ListSubscriptions", ValidateListSubscriptions, With(deps, ListSubscriptions));
  service->Unary("UpdateSubscription", ValidateUpdateSubscription, With(deps, UpdateSubscription));
  service->Unary("SuspendSubscription", ValidateSuspendSubscription,
                 With(deps, SuspendSubscription));
  service->Unary("ReactivateSubscription", ValidateReactivateSubscription,
                 With(deps, ReactivateSubscription));
  service->Unary("ListSubscriptionChanges", ValidateListSubscriptionChanges,
                 With(deps, ListSubscriptionChanges));
  service->Unary("CancelSubscription", ValidateCancelSubscription, With(deps, CancelSubscription));
  service->Unary("CreateUser", ValidateCreateUser, With(deps, CreateUser));
  service->Unary("GetUser", ValidateGetUser, With(deps, GetUser));
  service->Unary("ListUsers", ValidateListUsers, With(deps, ListUsers));
  service->Unary("UpdateUser", ValidateUpdateUser, With(deps, UpdateUser));
  service->Unary("DeleteUser", ValidateDeleteUser, With(deps, DeleteUser));
  service->Unary("UndeleteUser", ValidateUndeleteUser, With(deps, UndeleteUser));
  service->Unary("ModifyLicenses", ValidateModifyLicenses, With(deps, ModifyLicenses));
  service->Unary("ListLicenseCounts", ValidateListLicenseCounts, With(deps, ListLicenseCounts));
  service->Unary("ListManagedServices", ValidateListManagedServices,
                 With(deps, ListManagedServices));
  service->Unary("RequestTransfer", ValidateRequestTransfer, With(deps, RequestTransfer));
  service->Unary("AcceptTransfer", ValidateAcceptTransfer, With(deps, AcceptTransfer));
  service->Unary("RefuseTransfer", ValidateRefuseTransfer, With(deps, RefuseTransfer));
  service->Unary("CancelTransfer", ValidateCancelTransfer, With(deps, CancelTransfer));
  service->Unary("GetTransfer", ValidateGetTransfer, With(deps, GetTransfer));
  service->Unary("ListTransfers", ValidateListTransfers, With(deps, ListTransfers));
  service->Unary("ApplyRelationships", ValidateApplyRelationships, With(deps, ApplyRelationships));
  service->Unary("ApplyCreatedCustomers", ValidateApplyCreatedCustomers,
                 With(deps, ApplyCreatedCustomers));

  PARTNERLINK_RETURN_IF_ERROR(service->Check());
  return service;
}

}  // namespace partnerlink::directory
