// The RPCs on portal records. Validate… checks a request's shape only and reports all violations at
// once; the handlers run on a worker. Refusal reasons: see relationship_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "services/relationship/deps.h"

namespace partnerlink::relationship::portals {

// One message of the stream.
absl::Status ValidateImportPortalCustomers(const v1::ImportPortalCustomersRequest& request);
absl::StatusOr<v1::ImportPortalCustomersResponse> ImportPortalCustomers(
    const CallContext& context, const Deps& deps, const v1::ImportPortalCustomersRequest& request);

absl::Status ValidateListPortalRecords(const v1::ListPortalRecordsRequest& request);
absl::StatusOr<v1::ListPortalRecordsResponse> ListPortalRecords(
    const CallContext& context, const Deps& deps, const v1::ListPortalRecordsRequest& request);

}  // namespace partnerlink::relationship::portals
