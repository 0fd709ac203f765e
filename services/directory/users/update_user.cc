// Changes what a caller writes of a user. To reset its block needs less than everything else.
#include "common/access/store.h"
#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "services/directory/users/events.h"
#include "services/directory/users/handlers.h"
#include "services/directory/users/rules.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::users {

absl::Status ValidateUpdateUser(const v1::UpdateUserRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.user().name(), "customers", "users")) {
    violations.Add("user.name", kNameProblem);
  }
  request::CheckRequestId(request.request_id(), violations);
  const auto paths = UpdatePaths(request.update_mask(), request.user());
  if (paths.ok()) CheckShape(request.user(), *paths, "user.", violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return paths.status();
}

absl::StatusOr<v1::User> UpdateUser(const CallContext& context, const Deps& deps,
                                    const v1::UpdateUserRequest& request) {
  const auto name = request::ParseChildName(request.user().name(), "customers", "users");
  PARTNERLINK_ASSIGN_OR_RETURN(const google::protobuf::FieldMask paths,
                               UpdatePaths(request.update_mask(), request.user()));
  return outbox::Mutate<v1::User>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::User> {
        PARTNERLINK_RETURN_IF_ERROR(access::Check(
            context.principal, {PermissionToUpdate(paths, request.user()), name->account},
            access::FindFactsAndShareGrants(transaction, context.principal, name->account)));
        const std::optional<Row> before = FindLocked(transaction, name->account, name->id);
        if (!before) return NotFound();
        PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(request.user().etag(), before->revision));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kUpdate, before->user.state()));
        const v1::User wanted = Merge(paths, request.user(), before->user);
        // A name that is taken between this look and the writing runs the transaction again.
        if (IsTaken(transaction, *before, wanted.user_principal_name())) return UserExists();
        std::optional<Row> after = Update(transaction, *before, wanted);
        if (!after) return absl::InternalError("a locked user was not updated");
        changes.Record(ChangeOf("user.updated", &*before, &*after));
        return std::move(after->user);
      });
}

}  // namespace partnerlink::directory::users
