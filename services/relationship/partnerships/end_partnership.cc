// Either side ends a partnership, for good. Customers, relationships and grants stay; Invitation
// hears of it and revokes the open combined invitations of the pair.
#include "services/relationship/partnerships/change.h"
#include "services/relationship/partnerships/handlers.h"

namespace partnerlink::relationship::partnerships {

absl::Status ValidateEndPartnership(const v1::EndPartnershipRequest& request) {
  return CheckChange(request);
}

absl::StatusOr<v1::Partnership> EndPartnership(const CallContext& context, const Deps& deps,
                                               const v1::EndPartnershipRequest& request) {
  return ChangeState(context, deps, request, Action::kEnd);
}

}  // namespace partnerlink::relationship::partnerships
