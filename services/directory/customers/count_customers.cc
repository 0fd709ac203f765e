// How many customers a partner's list holds, whole and by channel, country or type of relationship.
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/customers/store.h"

namespace partnerlink::directory::customers {

absl::Status ValidateCountCustomers(const v1::CountCustomersRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.parent(), "partners")) {
    violations.Add("parent", "is not of the form partners/{id}");
  }
  if (!v1::CountCustomersRequest::GroupBy_IsValid(request.group_by())) {
    violations.Add("group_by", "must be CHANNEL, COUNTRY or TYPE");
  }
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return filter::Compile(request.filter(), ListFields(), kCountFirstFilterParameter).status();
}

absl::StatusOr<v1::CountCustomersResponse> CountCustomers(
    const CallContext& context, const Deps& deps, const v1::CountCustomersRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const filter::Clause filter,
      filter::Compile(request.filter(), ListFields(), kCountFirstFilterParameter));
  return postgres::Read<v1::CountCustomersResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::CountCustomersResponse> {
        return Count(transaction, request.parent(), request.group_by(), filter);
      });
}

}  // namespace partnerlink::directory::customers
