// What comes with customers that a partner has created many at a time. Validate… checks a request's
// shape only and reports all violations at once; the handler runs on a worker. Refusal reasons: see
// relationship_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "services/relationship/deps.h"

namespace partnerlink::relationship::creations {

absl::Status ValidateEstablishCreatedCustomers(const v1::EstablishCreatedCustomersRequest& request);
absl::StatusOr<v1::EstablishCreatedCustomersResponse> EstablishCreatedCustomers(
    const CallContext& context, const Deps& deps,
    const v1::EstablishCreatedCustomersRequest& request);

}  // namespace partnerlink::relationship::creations
