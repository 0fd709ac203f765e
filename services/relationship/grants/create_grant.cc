// A partner's draft of the rights that it will ask a customer for. Only of a customer that it has a
// relationship with, which is looked at again when it asks, and when the customer approves.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/relationship/grants/change.h"
#include "services/relationship/grants/events.h"
#include "services/relationship/grants/handlers.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateCreateGrant(const v1::CreateGrantRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.parent(), "partners")) {
    violations.Add("parent", "is not of the form partners/{id}");
  }
  if (!request.has_grant()) violations.Add("grant", "is required");
  request::CheckRequestId(request.request_id(), violations);
  return CheckDraft(request.grant(), std::move(violations));
}

absl::StatusOr<v1::Grant> CreateGrant(const CallContext& context, const Deps& deps,
                                      const v1::CreateGrantRequest& request) {
  return outbox::Mutate<v1::Grant>(
      context, deps.pool, request, {request.request_id(), request.validate_only()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Grant> {
        const v1::Grant draft = ToDraft(request);
        PARTNERLINK_RETURN_IF_ERROR(HoldRelationship(transaction, context.principal, draft));
        PARTNERLINK_RETURN_IF_ERROR(CheckRenews(transaction, context.principal, draft));
        Row created = InsertDraft(transaction, draft);
        Record(changes, "grant.created", nullptr, &created);
        if (request.validate_only()) created.grant.clear_name();
        return std::move(created.grant);
      });
}

}  // namespace partnerlink::relationship::grants
