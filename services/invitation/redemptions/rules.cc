#include "services/invitation/redemptions/rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/validation/text.h"

namespace partnerlink::invitation::redemptions {
namespace {

using common::v1::ErrorReason;
using v1::Invitation;

template <typename Values>
bool Contains(const Values& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

const char* WordsFor(ErrorReason reason) {
  switch (reason) {
    case common::v1::INVITATION_NOT_ISSUED:
      return "The partner has not finished this invitation yet.";
    case common::v1::INVITATION_EXPIRED:
      return "The invitation has expired: ask the partner for a new one.";
    case common::v1::INVITATION_REVOKED:
      return "The invitation was taken back.";
    case common::v1::INVITATION_USED:
      return "Another customer has accepted the invitation.";
    case common::v1::INVITATION_DECLINED:
      return "The invitation was declined.";
    default:
      return "The partner is suspended.";
  }
}

bool GivesGrant(const Invitation& invitation, const v1::AcceptInvitationRequest& request) {
  return !invitation.relationship_only() && !request.decline_grant();
}

absl::Status CheckGrant(const Invitation& invitation, const Principal& principal,
                        const v1::AcceptInvitationRequest& request) {
  if (GivesGrant(invitation, request) && !principal.HasRole("global_admin")) {
    return Refusal(common::v1::GRANT_ROLE_FORBIDDEN,
                   "A billing administrator may accept only without the grant: set decline_grant.");
  }
  FieldViolations violations;
  std::set<std::string> seen;
  for (const std::string& role : request.accepted_roles()) {
    if (!Contains(invitation.grant_request().roles(), role) || !seen.insert(role).second) {
      violations.Add("accepted_roles", "names a role that was not asked for, or one twice");
      break;
    }
  }
  return violations.ToStatus();
}

}  // namespace

absl::Status NoSuchInvitation() {
  return Refusal(common::v1::INVITATION_NOT_FOUND, "No invitation has this link.");
}

std::optional<ErrorReason> NotAcceptable(Invitation::State state, bool partner_is_active) {
  switch (state) {
    case Invitation::PENDING:
      if (partner_is_active) return std::nullopt;
      return common::v1::PARTNER_SUSPENDED;
    case Invitation::EXPIRED:
      return common::v1::INVITATION_EXPIRED;
    case Invitation::REVOKED:
      return common::v1::INVITATION_REVOKED;
    case Invitation::ACCEPTED:
      return common::v1::INVITATION_USED;
    case Invitation::DECLINED:
      return common::v1::INVITATION_DECLINED;
    default:
      return common::v1::INVITATION_NOT_ISSUED;
  }
}

absl::Status CheckAcceptable(Invitation::State state, bool partner_is_active) {
  const std::optional<ErrorReason> reason = NotAcceptable(state, partner_is_active);
  return reason ? Refusal(*reason, WordsFor(*reason)) : absl::OkStatus();
}

absl::Status CheckAccount(const Invitation& invitation, std::string_view partner,
                          std::string_view hint_email_key, const Principal& principal,
                          const Situation& situation) {
  const auto& hint = invitation.customer_hint();
  const bool fits =
      (hint.account().empty() || hint.account() == principal.account) &&
      (hint.domain().empty() || Contains(situation.verified_domains, hint.domain())) &&
      (hint_email_key.empty() || hint_email_key == situation.email_key);
  if (!fits) {
    return Refusal(
        common::v1::WRONG_ACCOUNT,
        "The invitation is meant for another account, domain or mail address: sign in as "
        "the one it was sent to, or ask the partner for a new one.");
  }
  const auto tenant = [](std::string_view account) {
    return account.substr(account.find('/') + 1);
  };
  if (tenant(partner) == tenant(principal.account)) {
    return Refusal(common::v1::SELF_RELATIONSHIP, "A partner cannot be its own customer.");
  }
  return absl::OkStatus();
}

absl::Status CheckAcceptance(const Invitation& invitation, std::string_view partner,
                             std::string_view hint_email_key, const Principal& principal,
                             const v1::AcceptInvitationRequest& request,
                             const Situation& situation) {
  PARTNERLINK_RETURN_IF_ERROR(CheckAcceptable(invitation.state(), situation.partner_is_active));
  PARTNERLINK_RETURN_IF_ERROR(
      CheckAccount(invitation, partner, hint_email_key, principal, situation));
  PARTNERLINK_RETURN_IF_ERROR(CheckGrant(invitation, principal, request));
  if (request.agreement_version() != situation.current_agreement) {
    return Refusal(
        common::v1::AGREEMENT_VERSION,
        "The agreement has changed: look the invitation up again and confirm the current one.",
        {{"current", situation.current_agreement}});
  }
  if (!situation.customer_is_known && !request.has_company()) {
    FieldViolations violations;
    violations.Add("company", "is required, as the customer is not known yet");
    return violations.ToStatus(common::v1::COMPANY_REQUIRED);
  }
  if (!situation.same_region) {
    return Refusal(common::v1::REGION, "Partner and customer are in different regions.");
  }
  return absl::OkStatus();
}

std::vector<std::string> RolesGiven(const Invitation& invitation,
                                    const v1::AcceptInvitationRequest& request) {
  if (!GivesGrant(invitation, request)) return {};
  const auto& roles = request.accepted_roles().empty() ? invitation.grant_request().roles()
                                                       : request.accepted_roles();
  return {roles.begin(), roles.end()};
}

}  // namespace partnerlink::invitation::redemptions
