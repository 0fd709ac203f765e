// Whoever may pause a relationship ends its pause.
#include "services/relationship/relationships/handlers.h"
#include "services/relationship/relationships/pausing.h"

namespace partnerlink::relationship::relationships {

absl::Status ValidateResumeRelationship(const v1::ResumeRelationshipRequest& request) {
  return CheckPause(request);
}

absl::StatusOr<v1::Relationship> ResumeRelationship(const CallContext& context, const Deps& deps,
                                                    const v1::ResumeRelationshipRequest& request) {
  return ChangePause(context, deps, request, Action::kResume);
}

}  // namespace partnerlink::relationship::relationships
