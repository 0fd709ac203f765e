// A partner's whole list as CSV: a row of names, then a row for each customer.
#include <utility>

#include "common/status/status.h"
#include "services/directory/customers/csv.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/customers/whole_list.h"

namespace partnerlink::directory::customers {
namespace {

constexpr char kContentType[] = "text/csv; charset=utf-8; header=present";

}  // namespace

absl::Status ValidateExportCustomersCsv(const v1::ExportCustomersCsvRequest& request) {
  return CheckWholeList(request.parent(), request.filter());
}

Series<google::api::HttpBody> ExportCustomersCsv(const CallContext&, const Deps& deps,
                                                 const v1::ExportCustomersCsvRequest& request) {
  using google::api::HttpBody;
  return [list = WholeList(deps, request.parent(), request.filter()), begun = false](
             const CallContext& context) mutable -> absl::StatusOr<std::optional<HttpBody>> {
    PARTNERLINK_ASSIGN_OR_RETURN(const auto customers, list.Next(context));
    const bool is_first = !std::exchange(begun, true);
    // An empty list has its row of names, too.
    if (!customers && !is_first) return std::nullopt;
    HttpBody body;
    body.set_content_type(kContentType);
    if (is_first) body.set_data(CsvNames());
    if (customers) {
      for (const v1::Customer& customer : *customers) body.mutable_data()->append(CsvRow(customer));
    }
    return body;
  };
}

}  // namespace partnerlink::directory::customers
