// Who may accept or decline what a link stands for. Pure functions, and the one place that names
// the refusals.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/context/call_context.h"
#include "common/status/status.h"
#include "partnerlink/common/v1/company.pb.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"

namespace partnerlink::invitation::redemptions {

// What the rules know of the world around an invitation.
struct Situation {
  bool partner_is_active = false;
  bool same_region = false;
  bool customer_is_known = false;  // to the directory
  std::vector<std::string> verified_domains;
  std::string email_key;  // the caller's verified address, normalised; empty without one
  std::string current_agreement;
};

// The one answer for everything that is no link of ours.
absl::Status NoSuchInvitation();

// Why an invitation in this state cannot be accepted; none if it can.
std::optional<common::v1::ErrorReason> NotAcceptable(v1::Invitation::State state,
                                                     bool partner_is_active);

// INVITATION_… or PARTNER_SUSPENDED as NotAcceptable says, with words for the caller.
absl::Status CheckAcceptable(v1::Invitation::State state, bool partner_is_active);

// WRONG_ACCOUNT unless the invitation's hints admit this caller; SELF_RELATIONSHIP if it is the
// partner's own tenant. `hint_email_key` is the hint's address, normalised.
absl::Status CheckAccount(const v1::Invitation& invitation, std::string_view partner,
                          std::string_view hint_email_key, const Principal& principal,
                          const Situation& situation);

// Everything an acceptance needs: the two above, GRANT_ROLE_FORBIDDEN, FIELD_INVALID for roles that
// were not asked for, AGREEMENT_VERSION, COMPANY_REQUIRED, REGION.
absl::Status CheckAcceptance(const v1::Invitation& invitation, std::string_view partner,
                             std::string_view hint_email_key, const Principal& principal,
                             const v1::AcceptInvitationRequest& request,
                             const Situation& situation);

// The roles that the customer gives; empty without a grant.
std::vector<std::string> RolesGiven(const v1::Invitation& invitation,
                                    const v1::AcceptInvitationRequest& request);

}  // namespace partnerlink::invitation::redemptions
