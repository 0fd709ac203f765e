// Changes what a caller writes of a user; what is so already is answered and leaves no trace. To
// reset its block needs less than everything else.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "google/protobuf/util/message_differencer.h"
#include "services/directory/users/change.h"
#include "services/directory/users/events.h"
#include "services/directory/users/handlers.h"
#include "services/directory/users/rules.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::users {

using google::protobuf::util::MessageDifferencer;

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
  const access::Permission& permission = PermissionToUpdate(paths, request.user());
  return outbox::Mutate<v1::User>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::User> {
        PARTNERLINK_ASSIGN_OR_RETURN(
            const Row before, OpenForChange(transaction, context.principal, permission, *name,
                                            request.user().etag(), Action::kUpdate));
        const v1::User wanted = Merge(paths, request.user(), before.user);
        if (MessageDifferencer::Equals(wanted, before.user)) return before.user;
        // A name that is taken between this look and the writing runs the transaction again.
        if (IsTaken(transaction, before, wanted.user_principal_name())) return UserExists();
        PARTNERLINK_ASSIGN_OR_RETURN(Row after,
                                     Written(transaction, context.principal, permission, before,
                                             Update(transaction, before, wanted)));
        changes.Record(ChangeOf("user.updated", &before, &after));
        return std::move(after.user);
      });
}

}  // namespace partnerlink::directory::users
