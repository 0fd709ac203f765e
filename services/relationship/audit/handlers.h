// The RPC on the audit. Validate… checks a request's shape only and reports all violations at once;
// the handler runs on a worker. Refusal reasons: see relationship_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "services/relationship/deps.h"

namespace partnerlink::relationship::audit {

absl::Status ValidateListAuditEntries(const v1::ListAuditEntriesRequest& request);
absl::StatusOr<v1::ListAuditEntriesResponse> ListAuditEntries(
    const CallContext& context, const Deps& deps, const v1::ListAuditEntriesRequest& request);

}  // namespace partnerlink::relationship::audit
