// The RPCs on invitations. Validate… checks a request's shape only and reports all violations at
// once; the handlers run on a worker. Refusal reasons: see invitation_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "google/protobuf/empty.pb.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"
#include "services/invitation/deps.h"

namespace partnerlink::invitation::invitations {

absl::Status ValidateCreateInvitation(const v1::CreateInvitationRequest& request);
absl::StatusOr<v1::Invitation> CreateInvitation(const CallContext& context, const Deps& deps,
                                                const v1::CreateInvitationRequest& request);

absl::Status ValidateBatchCreateInvitations(const v1::BatchCreateInvitationsRequest& request);
absl::StatusOr<v1::BatchCreateInvitationsResponse> BatchCreateInvitations(
    const CallContext& context, const Deps& deps, const v1::BatchCreateInvitationsRequest& request);

absl::Status ValidateGetInvitation(const v1::GetInvitationRequest& request);
absl::StatusOr<v1::Invitation> GetInvitation(const CallContext& context, const Deps& deps,
                                             const v1::GetInvitationRequest& request);

absl::Status ValidateListInvitations(const v1::ListInvitationsRequest& request);
absl::StatusOr<v1::ListInvitationsResponse> ListInvitations(
    const CallContext& context, const Deps& deps, const v1::ListInvitationsRequest& request);

absl::Status ValidateCountInvitations(const v1::CountInvitationsRequest& request);
absl::StatusOr<v1::CountInvitationsResponse> CountInvitations(
    const CallContext& context, const Deps& deps, const v1::CountInvitationsRequest& request);

absl::Status ValidateUpdateInvitation(const v1::UpdateInvitationRequest& request);
absl::StatusOr<v1::Invitation> UpdateInvitation(const CallContext& context, const Deps& deps,
                                                const v1::UpdateInvitationRequest& request);

absl::Status ValidateDeleteInvitation(const v1::DeleteInvitationRequest& request);
absl::StatusOr<google::protobuf::Empty> DeleteInvitation(
    const CallContext& context, const Deps& deps, const v1::DeleteInvitationRequest& request);

absl::Status ValidateRenderInvitation(const v1::RenderInvitationRequest& request);
absl::StatusOr<v1::RenderInvitationResponse> RenderInvitation(
    const CallContext& context, const Deps& deps, const v1::RenderInvitationRequest& request);

absl::Status ValidateIssueInvitation(const v1::IssueInvitationRequest& request);
absl::StatusOr<v1::Invitation> IssueInvitation(const CallContext& context, const Deps& deps,
                                               const v1::IssueInvitationRequest& request);

absl::Status ValidateSendInvitation(const v1::SendInvitationRequest& request);
absl::StatusOr<v1::Invitation> SendInvitation(const CallContext& context, const Deps& deps,
                                              const v1::SendInvitationRequest& request);

absl::Status ValidateApproveProviderPart(const v1::ApproveProviderPartRequest& request);
absl::StatusOr<v1::Invitation> ApproveProviderPart(const CallContext& context, const Deps& deps,
                                                   const v1::ApproveProviderPartRequest& request);

absl::Status ValidateRefuseProviderPart(const v1::RefuseProviderPartRequest& request);
absl::StatusOr<v1::Invitation> RefuseProviderPart(const CallContext& context, const Deps& deps,
                                                  const v1::RefuseProviderPartRequest& request);

absl::Status ValidateListProviderInbox(const v1::ListProviderInboxRequest& request);
absl::StatusOr<v1::ListProviderInboxResponse> ListProviderInbox(
    const CallContext& context, const Deps& deps, const v1::ListProviderInboxRequest& request);

absl::Status ValidateResendInvitation(const v1::ResendInvitationRequest& request);
absl::StatusOr<v1::Invitation> ResendInvitation(const CallContext& context, const Deps& deps,
                                                const v1::ResendInvitationRequest& request);

absl::Status ValidateExtendInvitation(const v1::ExtendInvitationRequest& request);
absl::StatusOr<v1::Invitation> ExtendInvitation(const CallContext& context, const Deps& deps,
                                                const v1::ExtendInvitationRequest& request);

absl::Status ValidateRevokeInvitation(const v1::RevokeInvitationRequest& request);
absl::StatusOr<v1::Invitation> RevokeInvitation(const CallContext& context, const Deps& deps,
                                                const v1::RevokeInvitationRequest& request);

absl::Status ValidateApplyPartnerships(const v1::ApplyPartnershipsRequest& request);
absl::StatusOr<v1::ApplyPartnershipsResponse> ApplyPartnerships(
    const CallContext& context, const Deps& deps, const v1::ApplyPartnershipsRequest& request);

}  // namespace partnerlink::invitation::invitations
