// The RPCs on licences and on the services that come with them. Validate… checks a request's shape
// only and reports all violations at once; the handlers run on a worker. Refusal reasons: see
// customer_directory_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "services/directory/deps.h"

namespace partnerlink::directory::licenses {

absl::Status ValidateModifyLicenses(const v1::ModifyLicensesRequest& request);
absl::StatusOr<v1::User> ModifyLicenses(const CallContext& context, const Deps& deps,
                                        const v1::ModifyLicensesRequest& request);

absl::Status ValidateListLicenseCounts(const v1::ListLicenseCountsRequest& request);
absl::StatusOr<v1::ListLicenseCountsResponse> ListLicenseCounts(
    const CallContext& context, const Deps& deps, const v1::ListLicenseCountsRequest& request);

absl::Status ValidateListManagedServices(const v1::ListManagedServicesRequest& request);
absl::StatusOr<v1::ListManagedServicesResponse> ListManagedServices(
    const CallContext& context, const Deps& deps, const v1::ListManagedServicesRequest& request);

}  // namespace partnerlink::directory::licenses
