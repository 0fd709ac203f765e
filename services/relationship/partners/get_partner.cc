// A partner, whole for itself and for operators. A customer that is related to it and a partner
// that has a partnership with it see who it is, nothing of its standing; for everyone else it does
// not exist.
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/relationship/partners/handlers.h"
#include "services/relationship/partners/rules.h"
#include "services/relationship/partners/store.h"
#include "services/relationship/portals/store.h"

namespace partnerlink::relationship::partners {

absl::Status ValidateGetPartner(const v1::GetPartnerRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.name(), "partners")) {
    violations.Add("name", "is not of the form partners/{id}");
  }
  return violations.ToStatus();
}

absl::StatusOr<v1::Partner> GetPartner(const CallContext& context, const Deps& deps,
                                       const v1::GetPartnerRequest& request) {
  return postgres::Read<v1::Partner>(
      deps.pool, context, [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::Partner> {
        std::optional<v1::Partner> partner =
            Find(transaction, request.name(), ViewerOf(context.principal));
        if (!partner) return NotFound();
        HideFrom(context.principal, *partner);
        if (!partner->partner_number().empty()) {
          *partner->mutable_portal_customers() =
              portals::Count(transaction, partner->partner_number());
        }
        return *std::move(partner);
      });
}

}  // namespace partnerlink::relationship::partners
