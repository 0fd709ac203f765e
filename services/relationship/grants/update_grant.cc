// Changes a draft. The result must be as sound as a new one.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/relationship/grants/change.h"
#include "services/relationship/grants/events.h"
#include "services/relationship/grants/handlers.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateUpdateGrant(const v1::UpdateGrantRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.grant().name(), "partners", "grants")) {
    violations.Add("grant.name", kNameProblem);
  }
  request::CheckRequestId(request.request_id(), violations);
  CheckGiven(request.grant(), violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return UpdatePaths(request.update_mask(), request.grant()).status();
}

absl::StatusOr<v1::Grant> UpdateGrant(const CallContext& context, const Deps& deps,
                                      const v1::UpdateGrantRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(const google::protobuf::FieldMask paths,
                               UpdatePaths(request.update_mask(), request.grant()));
  return outbox::Mutate<v1::Grant>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Grant> {
        PARTNERLINK_ASSIGN_OR_RETURN(
            const Row before, OpenForChange(transaction, context.principal, request.grant().name(),
                                            request.grant().etag(), Action::kUpdate));
        Row edited = before;
        PARTNERLINK_ASSIGN_OR_RETURN(edited.grant, Edited(before.grant, paths, request.grant()));
        PARTNERLINK_ASSIGN_OR_RETURN(Row after, Written(transaction, before, Action::kUpdate,
                                                        UpdateDraft(transaction, edited)));
        Record(changes, EventOf(Action::kUpdate), &before, &after);
        return std::move(after.grant);
      });
}

}  // namespace partnerlink::relationship::grants
