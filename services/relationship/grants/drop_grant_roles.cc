// The customer takes single roles back; with the last of them the grant is over.
#include "common/outbox/mutate.h"
#include "services/relationship/grants/change.h"
#include "services/relationship/grants/events.h"
#include "services/relationship/grants/handlers.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateDropGrantRoles(const v1::DropGrantRolesRequest& request) {
  FieldViolations violations;
  CheckDropping(request, violations);
  return CheckNamed(request.name(), request.request_id(), std::move(violations));
}

absl::StatusOr<v1::Grant> DropGrantRoles(const CallContext& context, const Deps& deps,
                                         const v1::DropGrantRolesRequest& request) {
  return outbox::Mutate<v1::Grant>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Grant> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row before,
                                     OpenForChange(transaction, context.principal, request.name(),
                                                   request.etag(), Action::kDropRoles));
        Row left = before;
        PARTNERLINK_ASSIGN_OR_RETURN(left.grant, WithoutRoles(before.grant, request));
        const bool is_over = left.grant.roles().empty();
        const Action action = is_over ? Action::kTerminate : Action::kDropRoles;
        PARTNERLINK_ASSIGN_OR_RETURN(Row after,
                                     Written(transaction, before, action,
                                             is_over ? Terminate(transaction, before, kRolesDropped)
                                                     : KeepRoles(transaction, left)));
        Record(changes, EventOf(action), &before, &after, is_over ? kRolesDropped : "");
        return std::move(after.grant);
      });
}

}  // namespace partnerlink::relationship::grants
