// What answering by a link and answering from the inbox share, once it is known which invitation is
// answered.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/outbox/change.h"
#include "services/invitation/deps.h"
#include "services/invitation/redemptions/store.h"

namespace partnerlink::invitation::redemptions {

// The shape of what is agreed to, but for the token; adds the violations.
void CheckConsent(const v1::AcceptInvitationRequest& request, FieldViolations& violations);

// CONFIRM_MISSING, once the rest is sound.
absl::Status CheckConfirmed(const v1::AcceptInvitationRequest& request);

// Uses the invitation, as it was read at that time, and orders what it is for: all the refusals of
// CheckAcceptance.
absl::StatusOr<v1::Redemption> Consent(postgres::Transaction& transaction, outbox::Changes& changes,
                                       const CallContext& context, const Deps& deps,
                                       const v1::AcceptInvitationRequest& request,
                                       const invitations::Row& row, const Parties& parties,
                                       int64_t present_micros);

// Declines the invitation, whose row is locked; the same account again gets the same answer.
absl::StatusOr<v1::DeclineInvitationResponse> Refuse(postgres::Transaction& transaction,
                                                     outbox::Changes& changes,
                                                     const CallContext& context, const Deps& deps,
                                                     const invitations::Row& row,
                                                     const Parties& parties,
                                                     const std::string& reason);

}  // namespace partnerlink::invitation::redemptions
