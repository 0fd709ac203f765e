// Either side ends a grant before its time: what rested on it is refused from the answer on. Also
// how rights are revoked that were left behind by a relationship.
#include "services/relationship/grants/change.h"
#include "services/relationship/grants/handlers.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateTerminateGrant(const v1::TerminateGrantRequest& request) {
  return CheckChange(request);
}

absl::StatusOr<v1::Grant> TerminateGrant(const CallContext& context, const Deps& deps,
                                         const v1::TerminateGrantRequest& request) {
  return End(context, deps, request, Action::kTerminate);
}

}  // namespace partnerlink::relationship::grants
