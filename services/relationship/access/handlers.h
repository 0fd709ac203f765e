// The RPCs on access. Validate… checks a request's shape only and reports all violations at once;
// the handlers run on a worker. Refusal reasons: see relationship_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "services/relationship/deps.h"

namespace partnerlink::relationship::access {

absl::Status ValidateCheckAccess(const v1::CheckAccessRequest& request);
absl::StatusOr<v1::CheckAccessResponse> CheckAccess(const CallContext& context, const Deps& deps,
                                                    const v1::CheckAccessRequest& request);

absl::Status ValidateBatchCheckAccess(const v1::BatchCheckAccessRequest& request);
absl::StatusOr<v1::BatchCheckAccessResponse> BatchCheckAccess(
    const CallContext& context, const Deps& deps, const v1::BatchCheckAccessRequest& request);

}  // namespace partnerlink::relationship::access
