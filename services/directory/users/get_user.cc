// A user of a customer: for the customer, and by a grant. A deleted one is shown as long as it can
// be restored.
#include "common/access/store.h"
#include "common/request/request.h"
#include "services/directory/users/handlers.h"
#include "services/directory/users/rules.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::users {

absl::Status ValidateGetUser(const v1::GetUserRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.name(), "customers", "users")) {
    violations.Add("name", kNameProblem);
  }
  return violations.ToStatus();
}

absl::StatusOr<v1::User> GetUser(const CallContext& context, const Deps& deps,
                                 const v1::GetUserRequest& request) {
  const auto name = request::ParseChildName(request.name(), "customers", "users");
  return postgres::Read<v1::User>(
      deps.pool, context, [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::User> {
        PARTNERLINK_RETURN_IF_ERROR(
            access::Check(context.principal, {access::UserView(), name->account},
                          access::FindFacts(transaction, context.principal, name->account)));
        std::optional<Row> row = Find(transaction, name->account, name->id);
        if (!row) return NotFound();
        return std::move(row->user);
      });
}

}  // namespace partnerlink::directory::users
