// A relationship, for its partner, its customer and operators; for everyone else it does not exist.
#include "common/status/status.h"
#include "services/relationship/relationships/handlers.h"
#include "services/relationship/relationships/rules.h"
#include "services/relationship/relationships/store.h"

namespace partnerlink::relationship::relationships {

absl::Status ValidateGetRelationship(const v1::GetRelationshipRequest& request) {
  FieldViolations violations;
  if (!ParseName(request.name())) violations.Add("name", kNameProblem);
  return violations.ToStatus();
}

absl::StatusOr<v1::Relationship> GetRelationship(const CallContext& context, const Deps& deps,
                                                 const v1::GetRelationshipRequest& request) {
  return postgres::Read<v1::Relationship>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::Relationship> {
        std::optional<Row> row = Find(transaction, *ParseName(request.name()));
        if (!row) return NotFound();
        PARTNERLINK_RETURN_IF_ERROR(CheckReader(context.principal, row->relationship));
        return std::move(row->relationship);
      });
}

}  // namespace partnerlink::relationship::relationships
