// An operator suspends a partner: from the answer on every call of it is refused, in every service,
// and nothing of it is accepted. What it has stays as it is.
#include "services/relationship/partners/handlers.h"
#include "services/relationship/partners/standing.h"

namespace partnerlink::relationship::partners {

absl::Status ValidateSuspendPartner(const v1::SuspendPartnerRequest& request) {
  return CheckStandingChange(request);
}

absl::StatusOr<v1::Partner> SuspendPartner(const CallContext& context, const Deps& deps,
                                           const v1::SuspendPartnerRequest& request) {
  return ChangeStanding(context, deps, request, Action::kSuspend);
}

}  // namespace partnerlink::relationship::partners
