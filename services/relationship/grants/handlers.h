// The RPCs on grants. Validate… checks a request's shape only and reports all violations at once;
// the handlers run on a worker. Refusal reasons: see relationship_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "services/relationship/deps.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateGetGrant(const v1::GetGrantRequest& request);
absl::StatusOr<v1::Grant> GetGrant(const CallContext& context, const Deps& deps,
                                   const v1::GetGrantRequest& request);

absl::Status ValidateListGrants(const v1::ListGrantsRequest& request);
absl::StatusOr<v1::ListGrantsResponse> ListGrants(const CallContext& context, const Deps& deps,
                                                  const v1::ListGrantsRequest& request);

}  // namespace partnerlink::relationship::grants
