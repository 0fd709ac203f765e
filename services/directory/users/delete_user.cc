// Deletes a user, who can be restored for 30 days. The licences are free for others at once.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/directory/users/change.h"
#include "services/directory/users/events.h"
#include "services/directory/users/handlers.h"
#include "services/directory/users/rules.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::users {

absl::Status ValidateDeleteUser(const v1::DeleteUserRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.name(), "customers", "users")) {
    violations.Add("name", kNameProblem);
  }
  request::CheckRequestId(request.request_id(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::User> DeleteUser(const CallContext& context, const Deps& deps,
                                    const v1::DeleteUserRequest& request) {
  const auto name = request::ParseChildName(request.name(), "customers", "users");
  return outbox::Mutate<v1::User>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::User> {
        PARTNERLINK_ASSIGN_OR_RETURN(
            const Row before, OpenForChange(transaction, context.principal, access::UserManage(),
                                            *name, request.etag(), Action::kDelete));
        FreeLicenses(transaction, before);
        PARTNERLINK_ASSIGN_OR_RETURN(
            Row after, Written(transaction, context.principal, access::UserManage(), before,
                               Delete(transaction, before, kDaysUntilPurged)));
        changes.Record(ChangeOf("user.deleted", &before, &after));
        return std::move(after.user);
      });
}

}  // namespace partnerlink::directory::users
