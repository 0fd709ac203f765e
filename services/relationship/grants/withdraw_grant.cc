// The partner takes its request back; the customer still sees that there was one.
#include "services/relationship/grants/change.h"
#include "services/relationship/grants/handlers.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateWithdrawGrant(const v1::WithdrawGrantRequest& request) {
  return CheckChange(request);
}

absl::StatusOr<v1::Grant> WithdrawGrant(const CallContext& context, const Deps& deps,
                                        const v1::WithdrawGrantRequest& request) {
  return End(context, deps, request, Action::kWithdraw);
}

}  // namespace partnerlink::relationship::grants
