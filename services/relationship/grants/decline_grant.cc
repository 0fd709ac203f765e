// The customer declines a request, and may say why.
#include "services/relationship/grants/change.h"
#include "services/relationship/grants/handlers.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateDeclineGrant(const v1::DeclineGrantRequest& request) {
  return CheckChange(request);
}

absl::StatusOr<v1::Grant> DeclineGrant(const CallContext& context, const Deps& deps,
                                       const v1::DeclineGrantRequest& request) {
  return End(context, deps, request, Action::kDecline);
}

}  // namespace partnerlink::relationship::grants
