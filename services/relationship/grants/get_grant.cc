// A grant, for its partner's and its customer's administrators and for operators; for everyone else
// it does not exist.
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/relationship/grants/handlers.h"
#include "services/relationship/grants/rules.h"
#include "services/relationship/grants/store.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateGetGrant(const v1::GetGrantRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.name(), "partners", "grants")) {
    violations.Add("name", "is not of the form partners/{id}/grants/{uuid}");
  }
  return violations.ToStatus();
}

absl::StatusOr<v1::Grant> GetGrant(const CallContext& context, const Deps& deps,
                                   const v1::GetGrantRequest& request) {
  const auto name = request::ParseChildName(request.name(), "partners", "grants");
  return postgres::Read<v1::Grant>(
      deps.pool, context, [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::Grant> {
        std::optional<v1::Grant> grant = Find(transaction, name->account, name->id);
        if (!grant) return NotFound();
        PARTNERLINK_RETURN_IF_ERROR(CheckReader(context.principal, *grant));
        return *std::move(grant);
      });
}

}  // namespace partnerlink::relationship::grants
