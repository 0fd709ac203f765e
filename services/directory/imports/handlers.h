// Customers that a partner creates many at a time. Validate… checks a request's shape only and
// reports all violations at once; the handlers run on a worker. Refusal reasons: see
// customer_directory_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "services/directory/deps.h"

namespace partnerlink::directory::imports {

// One message of the stream. The shape of its rows is no part of its own: each answers for itself.
// Without rows: how far has the import come, and what became of a chunk?
bool IsQuestion(const v1::ImportCustomersRequest& request);
absl::Status ValidateImportCustomers(const v1::ImportCustomersRequest& request);
absl::StatusOr<v1::ImportCustomersResponse> ImportCustomers(
    const CallContext& context, const Deps& deps, const v1::ImportCustomersRequest& request);

// COMPANY_REQUIRED: a customer is not known.
absl::Status ValidateApplyCreatedCustomers(const v1::ApplyCreatedCustomersRequest& request);
absl::StatusOr<v1::ApplyCreatedCustomersResponse> ApplyCreatedCustomers(
    const CallContext& context, const Deps& deps, const v1::ApplyCreatedCustomersRequest& request);

}  // namespace partnerlink::directory::imports
