#include "services/invitation/redemptions/rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/validation/domain.h"
#include "common/validation/email_address.h"
#include "common/validation/text.h"

namespace partnerlink::invitation::redemptions {
namespace {

using common::v1::ErrorReason;
using v1::Invitation;

constexpr int kMostDomains = 50;

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

void CheckCompany(const common::v1::Company& company, FieldViolations& violations) {
  const auto check = [&](const char* field, const std::string& problem) {
    if (!problem.empty()) violations.Add(absl::StrCat("company.", field), problem);
  };
  check("display_name", validation::TextProblem(company.display_name(), 1, 200));
  if (!validation::IsCountryCode(company.country())) {
    check("country", "is not an ISO 3166-1 alpha-2 code in upper case");
  }
  if (company.domains_size() > kMostDomains) check("domains", "are more than 50");
  for (const std::string& domain : company.domains()) {
    if (!validation::NormaliseDomain(domain)) {
      check("domains", "holds what is not an internet domain");
      break;
    }
  }
  const auto& contact = company.contact();
  check("contact.display_name", validation::TextProblem(contact.display_name(), 0, 200));
  if (!contact.email_address().empty() &&
      !validation::NormaliseEmailAddress(contact.email_address())) {
    check("contact.email_address", "is not a mail address");
  }
  check("contact.phone_number", validation::TextProblem(contact.phone_number(), 0, 50));
  check("registration_number", validation::TextProblem(company.registration_number(), 0, 100));
}

common::v1::Company Normalise(const common::v1::Company& company) {
  common::v1::Company result = company;
  result.clear_domains();
  std::set<std::string> seen;
  for (const std::string& domain : company.domains()) {
    const std::string name = validation::NormaliseDomain(domain).value_or("");
    if (!name.empty() && seen.insert(name).second) result.add_domains(name);
  }
  return result;
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
