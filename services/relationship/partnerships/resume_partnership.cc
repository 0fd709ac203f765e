// The provider, or an operator, ends the pause of a partnership.
#include "services/relationship/partnerships/change.h"
#include "services/relationship/partnerships/handlers.h"

namespace partnerlink::relationship::partnerships {

absl::Status ValidateResumePartnership(const v1::ResumePartnershipRequest& request) {
  return CheckChange(request);
}

absl::StatusOr<v1::Partnership> ResumePartnership(const CallContext& context, const Deps& deps,
                                                  const v1::ResumePartnershipRequest& request) {
  return ChangeState(context, deps, request, Action::kResume);
}

}  // namespace partnerlink::relationship::partnerships
