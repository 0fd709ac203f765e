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

// How those stand that an invitation asks to be accepted.
struct Askers {
  bool partner_is_active = false;
  // Of a combined invitation; true with the other kinds.
  bool provider_is_active = true;
  bool partnership_is_active = true;
};

// What the rules know of the world around an invitation.
struct Situation {
  Askers askers;
  bool same_region = false;
  bool customer_is_known = false;    // to the directory
  bool account_is_reseller = false;  // the caller's, and enrolled as one
  bool has_declined = false;         // the caller's account, an invitation for several
  std::vector<std::string> verified_domains;
  std::string email_key;  // the caller's verified address, normalised; empty without one
  std::string current_agreement;
};

// The one answer for everything that is no link of ours.
absl::Status NoSuchInvitation();

// Whether this is one of those who answer invitations for their account, and so are shown what came
// of it: the callers of AcceptInvitation.
bool MayAnswer(const Principal& principal);

// Why an invitation in this state cannot be accepted; none if it can.
std::optional<common::v1::ErrorReason> NotAcceptable(v1::Invitation::State state,
                                                     const Askers& askers);

// INVITATION_…, PARTNER_SUSPENDED or PARTNERSHIP_INACTIVE as NotAcceptable says, with words for the
// caller.
absl::Status CheckAcceptable(v1::Invitation::State state, const Askers& askers);

// Whether a link of this state may still be declined, however those stand that ask.
absl::Status CheckDeclinable(v1::Invitation::State state);

// What an account hears that declines what it has accepted: INVITATION_USED.
absl::Status AcceptedBefore();

// What an account hears that accepts what it has declined: INVITATION_DECLINED.
absl::Status DeclinedBefore();

// The same for who has declined an invitation for several before.
absl::Status CheckNotDeclined(const Situation& situation);

// Who holds the link and may not answer for its account is told whom the link is for, WRONG_KIND,
// if not for that account, otherwise ROLE_MISSING.
absl::Status CheckMayAnswer(const v1::Invitation& invitation, const Principal& principal,
                            const Situation& situation);

// WRONG_KIND if this kind of account is not whom the invitation asks; WRONG_ACCOUNT unless the
// invitation's hints admit this caller; SELF_RELATIONSHIP if it is the tenant of the partner or the
// provider itself. `hint_email_key` is the hint's address, normalised.
absl::Status CheckAccount(const v1::Invitation& invitation, std::string_view partner,
                          std::string_view hint_email_key, const Principal& principal,
                          const Situation& situation);

// Everything an acceptance needs: the above, GRANT_ROLE_FORBIDDEN, FIELD_INVALID for roles that
// were not asked for, AGREEMENT_VERSION, COMPANY_REQUIRED, REGION.
absl::Status CheckAcceptance(const v1::Invitation& invitation, std::string_view partner,
                             std::string_view hint_email_key, const Principal& principal,
                             const v1::AcceptInvitationRequest& request,
                             const Situation& situation);

// The roles that the customer gives; empty without a grant.
std::vector<std::string> RolesGiven(const v1::Invitation& invitation,
                                    const v1::AcceptInvitationRequest& request);

}  // namespace partnerlink::invitation::redemptions
