// Restores a deleted user within its 30 days. Its licences do not come back: they may be somebody
// else's by now. Nor does its principal name, if it is.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/directory/users/change.h"
#include "services/directory/users/events.h"
#include "services/directory/users/handlers.h"
#include "services/directory/users/rules.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::users {

absl::Status ValidateUndeleteUser(const v1::UndeleteUserRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.name(), "customers", "users")) {
    violations.Add("name", kNameProblem);
  }
  request::CheckRequestId(request.request_id(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::User> UndeleteUser(const CallContext& context, const Deps& deps,
                                      const v1::UndeleteUserRequest& request) {
  const auto name = request::ParseChildName(request.name(), "customers", "users");
  return outbox::Mutate<v1::User>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::User> {
        PARTNERLINK_ASSIGN_OR_RETURN(
            const Row before, OpenForChange(transaction, context.principal, access::UserManage(),
                                            *name, request.etag(), Action::kRestore));
        // A name that is taken between this look and the writing runs the transaction again.
        if (IsTaken(transaction, before, before.user.user_principal_name())) return UserExists();
        std::optional<Row> after = Restore(transaction, before);
        // Its time has just run out, or that of the grant.
        if (!after) return NotFound();
        changes.Record(ChangeOf("user.restored", &before, &*after));
        return std::move(after->user);
      });
}

}  // namespace partnerlink::directory::users
