// The RPCs on grants. Validate… checks a request's shape only and reports all violations at once;
// the handlers run on a worker. Refusal reasons: see relationship_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "google/protobuf/empty.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "services/relationship/deps.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateCreateGrant(const v1::CreateGrantRequest& request);
absl::StatusOr<v1::Grant> CreateGrant(const CallContext& context, const Deps& deps,
                                      const v1::CreateGrantRequest& request);

absl::Status ValidateGetGrant(const v1::GetGrantRequest& request);
absl::StatusOr<v1::Grant> GetGrant(const CallContext& context, const Deps& deps,
                                   const v1::GetGrantRequest& request);

absl::Status ValidateListGrants(const v1::ListGrantsRequest& request);
absl::StatusOr<v1::ListGrantsResponse> ListGrants(const CallContext& context, const Deps& deps,
                                                  const v1::ListGrantsRequest& request);

absl::Status ValidateUpdateGrant(const v1::UpdateGrantRequest& request);
absl::StatusOr<v1::Grant> UpdateGrant(const CallContext& context, const Deps& deps,
                                      const v1::UpdateGrantRequest& request);

absl::Status ValidateDeleteGrant(const v1::DeleteGrantRequest& request);
absl::StatusOr<google::protobuf::Empty> DeleteGrant(const CallContext& context, const Deps& deps,
                                                    const v1::DeleteGrantRequest& request);

absl::Status ValidateRequestGrantApproval(const v1::RequestGrantApprovalRequest& request);
absl::StatusOr<v1::Grant> RequestGrantApproval(const CallContext& context, const Deps& deps,
                                               const v1::RequestGrantApprovalRequest& request);

absl::Status ValidateWithdrawGrant(const v1::WithdrawGrantRequest& request);
absl::StatusOr<v1::Grant> WithdrawGrant(const CallContext& context, const Deps& deps,
                                        const v1::WithdrawGrantRequest& request);

absl::Status ValidateApproveGrant(const v1::ApproveGrantRequest& request);
absl::StatusOr<v1::Grant> ApproveGrant(const CallContext& context, const Deps& deps,
                                       const v1::ApproveGrantRequest& request);

absl::Status ValidateDeclineGrant(const v1::DeclineGrantRequest& request);
absl::StatusOr<v1::Grant> DeclineGrant(const CallContext& context, const Deps& deps,
                                       const v1::DeclineGrantRequest& request);

absl::Status ValidateTerminateGrant(const v1::TerminateGrantRequest& request);
absl::StatusOr<v1::Grant> TerminateGrant(const CallContext& context, const Deps& deps,
                                         const v1::TerminateGrantRequest& request);

absl::Status ValidateDropGrantRoles(const v1::DropGrantRolesRequest& request);
absl::StatusOr<v1::Grant> DropGrantRoles(const CallContext& context, const Deps& deps,
                                         const v1::DropGrantRolesRequest& request);

absl::Status ValidateListLeftBehindGrants(const v1::ListLeftBehindGrantsRequest& request);
absl::StatusOr<v1::ListLeftBehindGrantsResponse> ListLeftBehindGrants(
    const CallContext& context, const Deps& deps, const v1::ListLeftBehindGrantsRequest& request);

}  // namespace partnerlink::relationship::grants
