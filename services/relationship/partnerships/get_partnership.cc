// A partnership, for its two sides and operators; for everyone else it does not exist.
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/relationship/partnerships/handlers.h"
#include "services/relationship/partnerships/rules.h"
#include "services/relationship/partnerships/store.h"

namespace partnerlink::relationship::partnerships {

absl::Status ValidateGetPartnership(const v1::GetPartnershipRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.name(), "partners", "partnerships")) {
    violations.Add("name", kNameProblem);
  }
  return violations.ToStatus();
}

absl::StatusOr<v1::Partnership> GetPartnership(const CallContext& context, const Deps& deps,
                                               const v1::GetPartnershipRequest& request) {
  const auto name = request::ParseChildName(request.name(), "partners", "partnerships");
  return postgres::Read<v1::Partnership>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::Partnership> {
        std::optional<Row> row = Find(transaction, name->account, name->id);
        if (!row) return NotFound();
        PARTNERLINK_RETURN_IF_ERROR(CheckParty(context.principal, row->partnership));
        return std::move(row->partnership);
      });
}

}  // namespace partnerlink::relationship::partnerships
