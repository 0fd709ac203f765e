// A grant, for its partner's and its customer's administrators and for operators; for everyone else
// it does not exist, nor does a draft for its customer.
#include "common/status/status.h"
#include "services/relationship/grants/change.h"
#include "services/relationship/grants/handlers.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateGetGrant(const v1::GetGrantRequest& request) {
  return CheckNamed(request.name(), "");
}

absl::StatusOr<v1::Grant> GetGrant(const CallContext& context, const Deps& deps,
                                   const v1::GetGrantRequest& request) {
  return postgres::Read<v1::Grant>(
      deps.pool, context, [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::Grant> {
        PARTNERLINK_ASSIGN_OR_RETURN(Row row, Look(transaction, context.principal, request.name()));
        return std::move(row.grant);
      });
}

}  // namespace partnerlink::relationship::grants
