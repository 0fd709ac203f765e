// The provider, or an operator, pauses a partnership: from the answer on nothing new rests on it.
// What the two have stays as it is.
#include "services/relationship/partnerships/change.h"
#include "services/relationship/partnerships/handlers.h"

namespace partnerlink::relationship::partnerships {

absl::Status ValidateSuspendPartnership(const v1::SuspendPartnershipRequest& request) {
  return CheckChange(request);
}

absl::StatusOr<v1::Partnership> SuspendPartnership(const CallContext& context, const Deps& deps,
                                                   const v1::SuspendPartnershipRequest& request) {
  return ChangeState(context, deps, request, Action::kSuspend);
}

}  // namespace partnerlink::relationship::partnerships
