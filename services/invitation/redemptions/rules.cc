#include "services/invitation/redemptions/rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/validation/accounts.h"
#include "common/validation/text.h"

namespace partnerlink::invitation::redemptions {
namespace {

using common::v1::ErrorReason;
using v1::Invitation;
using validation::TenantOf;

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
      return "Another account has accepted the invitation.";
    case common::v1::INVITATION_EXHAUSTED:
      return "The invitation has been accepted as often as it may: ask the partner for a new one.";
    case common::v1::PARTNERSHIP_INACTIVE:
      return "The partnership of the reseller and the provider is not active.";
    case common::v1::INVITATION_DECLINED:
      return "The invitation was declined.";
    default:
      return "A partner that asks here is suspended.";
  }
}

absl::Status CheckKind(const Invitation& invitation, const Principal& principal,
                       const Situation& situation) {
  const bool by_partner = principal.family == AccountFamily::kPartner;
  if (invitation.kind() == Invitation::PARTNERSHIP) {
    if (!by_partner) {
      return Refusal(
          common::v1::WRONG_KIND,
          "This link invites a reseller to a partnership: sign in with a partner account.");
    }
    if (!situation.account_is_reseller) {
      return Refusal(
          common::v1::WRONG_KIND,
          "This link invites a reseller to a partnership, and your account is not enrolled "
          "as a reseller.");
    }
    return absl::OkStatus();
  }
  if (by_partner) {
    return Refusal(common::v1::WRONG_KIND,
                   "This link invites a customer: sign in with the customer's account.");
  }
  return absl::OkStatus();
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

bool MayAnswer(const Principal& principal) {
  switch (principal.family) {
    case AccountFamily::kCustomer:
      return principal.HasRole("global_admin") || principal.HasRole("billing_admin");
    case AccountFamily::kPartner:
      return principal.HasRole("global_admin");
    default:
      return false;
  }
}

std::optional<ErrorReason> NotAcceptable(Invitation::State state, const Askers& askers) {
  switch (state) {
    case Invitation::PENDING:
      if (!askers.partner_is_active) return common::v1::PARTNER_SUSPENDED;
      if (!askers.partnership_is_active) return common::v1::PARTNERSHIP_INACTIVE;
      if (!askers.provider_is_active) return common::v1::PARTNER_SUSPENDED;
      return std::nullopt;
    case Invitation::EXPIRED:
      return common::v1::INVITATION_EXPIRED;
    case Invitation::REVOKED:
    case Invitation::REFUSED:  // the one who was asked to accept has not seen it valid
      return common::v1::INVITATION_REVOKED;
    case Invitation::ACCEPTED:
      return common::v1::INVITATION_USED;
    case Invitation::EXHAUSTED:
      return common::v1::INVITATION_EXHAUSTED;
    case Invitation::DECLINED:
      return common::v1::INVITATION_DECLINED;
    default:
      return common::v1::INVITATION_NOT_ISSUED;
  }
}

absl::Status CheckAcceptable(Invitation::State state, const Askers& askers) {
  const std::optional<ErrorReason> reason = NotAcceptable(state, askers);
  return reason ? Refusal(*reason, WordsFor(*reason)) : absl::OkStatus();
}

absl::Status AcceptedBefore() {
  return Refusal(common::v1::INVITATION_USED,
                 "Your account has accepted the invitation: nothing is left to decline.");
}

absl::Status CheckDeclinable(Invitation::State state) {
  return CheckAcceptable(state, Askers{.partner_is_active = true});
}

absl::Status DeclinedBefore() {
  return Refusal(common::v1::INVITATION_DECLINED, "Your account has declined the invitation.");
}

absl::Status CheckNotDeclined(const Situation& situation) {
  return situation.has_declined ? DeclinedBefore() : absl::OkStatus();
}

absl::Status CheckMayAnswer(const Invitation& invitation, const Principal& principal,
                            const Situation& situation) {
  if (MayAnswer(principal)) return absl::OkStatus();
  PARTNERLINK_RETURN_IF_ERROR(CheckKind(invitation, principal, situation));
  return Refusal(common::v1::ROLE_MISSING, "Only a global administrator answers for your company.");
}

absl::Status CheckAccount(const Invitation& invitation, std::string_view partner,
                          std::string_view hint_email_key, const Principal& principal,
                          const Situation& situation) {
  PARTNERLINK_RETURN_IF_ERROR(CheckKind(invitation, principal, situation));
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
  const std::string_view tenant = TenantOf(principal.account);
  if (tenant == TenantOf(partner) || tenant == TenantOf(invitation.provider())) {
    return Refusal(common::v1::SELF_RELATIONSHIP, "A partner cannot accept its own invitation.");
  }
  return absl::OkStatus();
}

absl::Status CheckAcceptance(const Invitation& invitation, std::string_view partner,
                             std::string_view hint_email_key, const Principal& principal,
                             const v1::AcceptInvitationRequest& request,
                             const Situation& situation) {
  PARTNERLINK_RETURN_IF_ERROR(CheckAcceptable(invitation.state(), situation.askers));
  PARTNERLINK_RETURN_IF_ERROR(CheckNotDeclined(situation));
  PARTNERLINK_RETURN_IF_ERROR(
      CheckAccount(invitation, partner, hint_email_key, principal, situation));
  PARTNERLINK_RETURN_IF_ERROR(CheckGrant(invitation, principal, request));
  if (request.agreement_version() != situation.current_agreement) {
    return Refusal(
        common::v1::AGREEMENT_VERSION,
        "The agreement has changed: look the invitation up again and confirm the current one.",
        {{"current", situation.current_agreement}});
  }
  const bool by_customer = invitation.kind() != Invitation::PARTNERSHIP;
  if (by_customer && !situation.customer_is_known && !request.has_company()) {
    FieldViolations violations;
    violations.Add("company", "is required, as the customer is not known yet");
    return violations.ToStatus(common::v1::COMPANY_REQUIRED);
  }
  if (!situation.same_region) {
    return Refusal(common::v1::REGION, "Not all that this asks for are in the same region.");
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
