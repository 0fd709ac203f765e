// Deletes a user, who can be restored for 30 days. The licences are free for others at once.
#include "common/access/store.h"
#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
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
        PARTNERLINK_RETURN_IF_ERROR(access::Check(
            context.principal, {access::UserManage(), name->account},
            access::FindFactsAndShareGrants(transaction, context.principal, name->account)));
        const std::optional<Row> before = FindLocked(transaction, name->account, name->id);
        if (!before) return NotFound();
        PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(request.etag(), before->revision));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kDelete, before->user.state()));
        FreeLicenses(transaction, *before);
        std::optional<Row> after = Delete(transaction, *before, kDaysUntilPurged);
        if (!after) return absl::InternalError("a locked user was not deleted");
        changes.Record(ChangeOf("user.deleted", &*before, &*after));
        return std::move(after->user);
      });
}

}  // namespace partnerlink::directory::users
