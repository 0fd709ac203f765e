// An operator lets a suspended partner act again.
#include "services/relationship/partners/handlers.h"
#include "services/relationship/partners/standing.h"

namespace partnerlink::relationship::partners {

absl::Status ValidateResumePartner(const v1::ResumePartnerRequest& request) {
  return CheckStandingChange(request);
}

absl::StatusOr<v1::Partner> ResumePartner(const CallContext& context, const Deps& deps,
                                          const v1::ResumePartnerRequest& request) {
  return ChangeStanding(context, deps, request, Action::kResume);
}

}  // namespace partnerlink::relationship::partners
