// An operator, or the provider that it goes through, pauses a relationship: reading stays, and
// nothing is ordered or changed through it from the answer on.
#include "services/relationship/relationships/handlers.h"
#include "services/relationship/relationships/pausing.h"

namespace partnerlink::relationship::relationships {

absl::Status ValidateSuspendRelationship(const v1::SuspendRelationshipRequest& request) {
  return CheckPause(request);
}

absl::StatusOr<v1::Relationship> SuspendRelationship(
    const CallContext& context, const Deps& deps, const v1::SuspendRelationshipRequest& request) {
  return ChangePause(context, deps, request, Action::kSuspend);
}

}  // namespace partnerlink::relationship::relationships
