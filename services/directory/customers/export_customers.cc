// A partner's whole list, a message for each hundred customers, or fewer that fit.
#include <utility>

#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/customers/whole_list.h"

namespace partnerlink::directory::customers {

absl::Status ValidateExportCustomers(const v1::ExportCustomersRequest& request) {
  return CheckWholeList(request.parent(), request.filter());
}

Series<v1::ExportCustomersResponse> ExportCustomers(const CallContext&, const Deps& deps,
                                                    const v1::ExportCustomersRequest& request) {
  using Response = v1::ExportCustomersResponse;
  return [list = WholeList(deps, request.parent(), request.filter())](
             const CallContext& context) mutable -> absl::StatusOr<std::optional<Response>> {
    PARTNERLINK_ASSIGN_OR_RETURN(auto customers, list.Next(context));
    if (!customers) return std::nullopt;
    Response response;
    for (v1::Customer& customer : *customers) *response.add_customers() = std::move(customer);
    return response;
  };
}

}  // namespace partnerlink::directory::customers
