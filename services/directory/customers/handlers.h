// The RPCs on customers. Validate… checks a request's shape only and reports all violations at
// once; the handlers run on a worker. Refusal reasons: see customer_directory_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/context/series.h"
#include "google/api/httpbody.pb.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "services/directory/deps.h"

namespace partnerlink::directory::customers {

absl::Status ValidateCreateCustomer(const v1::CreateCustomerRequest& request);
absl::StatusOr<v1::Customer> CreateCustomer(const CallContext& context, const Deps& deps,
                                            const v1::CreateCustomerRequest& request);
// The created customer as its partner sees it now: with its relationship and grant, once they are
// there.
absl::StatusOr<v1::Customer> ReadCreated(const CallContext& context, const Deps& deps,
                                         const v1::Customer& created);

absl::Status ValidateCheckCustomerExists(const v1::CheckCustomerExistsRequest& request);
absl::StatusOr<v1::CheckCustomerExistsResponse> CheckCustomerExists(
    const CallContext& context, const Deps& deps, const v1::CheckCustomerExistsRequest& request);

absl::Status ValidateGetCustomer(const v1::GetCustomerRequest& request);
absl::StatusOr<v1::Customer> GetCustomer(const CallContext& context, const Deps& deps,
                                         const v1::GetCustomerRequest& request);

absl::Status ValidateListCustomers(const v1::ListCustomersRequest& request);
absl::StatusOr<v1::ListCustomersResponse> ListCustomers(const CallContext& context,
                                                        const Deps& deps,
                                                        const v1::ListCustomersRequest& request);

absl::Status ValidateCountCustomers(const v1::CountCustomersRequest& request);
absl::StatusOr<v1::CountCustomersResponse> CountCustomers(const CallContext& context,
                                                          const Deps& deps,
                                                          const v1::CountCustomersRequest& request);

absl::Status ValidateUpdateCustomer(const v1::UpdateCustomerRequest& request);
absl::StatusOr<v1::Customer> UpdateCustomer(const CallContext& context, const Deps& deps,
                                            const v1::UpdateCustomerRequest& request);

absl::Status ValidateSetCustomerLabels(const v1::SetCustomerLabelsRequest& request);
absl::StatusOr<v1::Customer> SetCustomerLabels(const CallContext& context, const Deps& deps,
                                               const v1::SetCustomerLabelsRequest& request);

absl::Status ValidateExportCustomers(const v1::ExportCustomersRequest& request);
Series<v1::ExportCustomersResponse> ExportCustomers(const CallContext& context, const Deps& deps,
                                                    const v1::ExportCustomersRequest& request);

absl::Status ValidateExportCustomersCsv(const v1::ExportCustomersCsvRequest& request);
Series<google::api::HttpBody> ExportCustomersCsv(const CallContext& context, const Deps& deps,
                                                 const v1::ExportCustomersCsvRequest& request);

// COMPANY_REQUIRED: the customer is not known and the request does not say who it is.
absl::Status ValidateApplyRelationships(const v1::ApplyRelationshipsRequest& request);
absl::StatusOr<v1::ApplyRelationshipsResponse> ApplyRelationships(
    const CallContext& context, const Deps& deps, const v1::ApplyRelationshipsRequest& request);

}  // namespace partnerlink::directory::customers
