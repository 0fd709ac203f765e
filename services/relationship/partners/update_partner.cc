// A partner's name and policies, changed by its own administrators or by an operator. What follows
// from a policy follows later, where it applies; what was before stays as it was.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/relationship/partners/handlers.h"
#include "services/relationship/partners/rules.h"
#include "services/relationship/partners/store.h"

namespace partnerlink::relationship::partners {

absl::Status ValidateUpdatePartner(const v1::UpdatePartnerRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.partner().name(), "partners")) {
    violations.Add("partner.name", "is not of the form partners/{id}");
  }
  request::CheckRequestId(request.request_id(), violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return UpdatePaths(request.update_mask(), request.partner()).status();
}

absl::StatusOr<v1::Partner> UpdatePartner(const CallContext& context, const Deps& deps,
                                          const v1::UpdatePartnerRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(const google::protobuf::FieldMask paths,
                               UpdatePaths(request.update_mask(), request.partner()));
  return outbox::Mutate<v1::Partner>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Partner> {
        const std::optional<v1::Partner> before =
            FindForUpdate(transaction, request.partner().name());
        if (!before) return NotFound();
        PARTNERLINK_ASSIGN_OR_RETURN(const v1::Partner edited,
                                     Edited(context.principal, *before, paths, request.partner()));
        v1::Partner after = Update(transaction, edited);
        changes.Record(ChangeOf("partner.updated", &*before, after));
        return after;
      });
}

}  // namespace partnerlink::relationship::partners
