// The RPCs of those who are asked to accept, and what the partner sees of their answers. See
// invitations/handlers.h.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"
#include "services/invitation/deps.h"

namespace partnerlink::invitation::redemptions {

absl::Status ValidateLookupInvitation(const v1::LookupInvitationRequest& request);
absl::StatusOr<v1::LookupInvitationResponse> LookupInvitation(
    const CallContext& context, const Deps& deps, const v1::LookupInvitationRequest& request);

absl::Status ValidateAcceptInvitation(const v1::AcceptInvitationRequest& request);
absl::StatusOr<v1::Redemption> AcceptInvitation(const CallContext& context, const Deps& deps,
                                                const v1::AcceptInvitationRequest& request);

// The redemption as it stands now: what an acceptance answers after its relationships had time to
// come.
absl::StatusOr<v1::Redemption> ReadRedemption(const CallContext& context, const Deps& deps,
                                              const v1::Redemption& accepted);

absl::Status ValidateListRedemptions(const v1::ListRedemptionsRequest& request);
absl::StatusOr<v1::ListRedemptionsResponse> ListRedemptions(
    const CallContext& context, const Deps& deps, const v1::ListRedemptionsRequest& request);

absl::Status ValidateListDeclines(const v1::ListDeclinesRequest& request);
absl::StatusOr<v1::ListDeclinesResponse> ListDeclines(const CallContext& context, const Deps& deps,
                                                      const v1::ListDeclinesRequest& request);

absl::Status ValidateDeclineInvitation(const v1::DeclineInvitationRequest& request);
absl::StatusOr<v1::DeclineInvitationResponse> DeclineInvitation(
    const CallContext& context, const Deps& deps, const v1::DeclineInvitationRequest& request);

absl::Status ValidateListReceivedInvitations(const v1::ListReceivedInvitationsRequest& request);
absl::StatusOr<v1::ListReceivedInvitationsResponse> ListReceivedInvitations(
    const CallContext& context, const Deps& deps,
    const v1::ListReceivedInvitationsRequest& request);

absl::Status ValidateAcceptReceivedInvitation(const v1::AcceptReceivedInvitationRequest& request);
absl::StatusOr<v1::Redemption> AcceptReceivedInvitation(
    const CallContext& context, const Deps& deps,
    const v1::AcceptReceivedInvitationRequest& request);

absl::Status ValidateDeclineReceivedInvitation(const v1::DeclineReceivedInvitationRequest& request);
absl::StatusOr<v1::DeclineInvitationResponse> DeclineReceivedInvitation(
    const CallContext& context, const Deps& deps,
    const v1::DeclineReceivedInvitationRequest& request);

}  // namespace partnerlink::invitation::redemptions
