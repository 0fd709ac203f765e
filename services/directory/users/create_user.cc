// Adds a person to a customer's users: for the customer, and by a grant. A principal name is one
// user's at a time.
#include "common/access/store.h"
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/directory/users/events.h"
#include "services/directory/users/handlers.h"
#include "services/directory/users/rules.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::users {

absl::Status ValidateCreateUser(const v1::CreateUserRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.parent(), "customers")) {
    violations.Add("parent", "is not of the form customers/{id}");
  }
  if (!request.has_user()) {
    violations.Add("user", "is required");
  } else {
    CheckShape(request.user(), "user.", violations);
  }
  request::CheckRequestId(request.request_id(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::User> CreateUser(const CallContext& context, const Deps& deps,
                                    const v1::CreateUserRequest& request) {
  return outbox::Mutate<v1::User>(
      context, deps.pool, request, {request.request_id(), request.validate_only()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::User> {
        PARTNERLINK_RETURN_IF_ERROR(access::Check(
            context.principal, {access::UserManage(), request.parent()},
            access::FindFactsAndShareGrants(transaction, context.principal, request.parent())));
        if (!IsKnown(transaction, request.parent())) return NotFound();
        std::optional<Row> created =
            Insert(transaction, request.parent(), Normalise(request.user()));
        if (!created) return UserExists();
        changes.Record(ChangeOf("user.created", nullptr, &*created));
        if (request.validate_only()) created->user.clear_name();
        return std::move(created->user);
      });
}

}  // namespace partnerlink::directory::users
