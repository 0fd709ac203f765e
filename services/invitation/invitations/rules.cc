#include "services/invitation/invitations/rules.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/access/grant_terms.h"
#include "common/request/field_mask.h"
#include "common/request/request.h"
#include "common/validation/accounts.h"
#include "common/validation/domain.h"
#include "common/validation/email_address.h"
#include "common/validation/text.h"
#include "services/invitation/message/validate.h"

namespace partnerlink::invitation::invitations {
namespace {

using google::protobuf::FieldMask;
using v1::Invitation;
using validation::TenantOf;

constexpr int64_t kDefaultTtlSeconds = 14 * 24 * 3600;
constexpr int64_t kLongestTtlSeconds = 90 * 24 * 3600;
constexpr int32_t kMostUses = 100'000;
constexpr absl::Duration kDay = absl::Hours(24);
constexpr std::array<std::string_view, 9> kWritable = {
    "customer_hint", "note", "locale",  "channel",  "relationship_only",
    "grant_request", "ttl",  "subject", "body_text"};

const char* NameOf(Action action) {
  switch (action) {
    case Action::kUpdate:
      return "update it";
    case Action::kDelete:
      return "delete it";
    case Action::kRender:
      return "render it";
    case Action::kIssue:
      return "issue it";
    case Action::kAskProvider:
      return "issue it";
    case Action::kApprove:
      return "approve it";
    case Action::kRefuse:
      return "refuse it";
    case Action::kSend:
      return "send it";
    case Action::kAccept:
    case Action::kUse:
    case Action::kExhaust:
      return "accept it";
    case Action::kDecline:
      return "decline it";
    case Action::kRevoke:
      return "revoke it";
    case Action::kExpire:
      return "expire it";
    case Action::kResend:
    case Action::kAskProviderAgain:
      return "resend it";
    case Action::kExtend:
      return "extend it";
  }
  return "do this";
}

void CheckHint(const Invitation& invitation, FieldViolations& violations) {
  const Invitation::CustomerHint& hint = invitation.customer_hint();
  const auto check = [&](const char* field, const std::string& problem) {
    if (!problem.empty()) violations.Add(absl::StrCat("invitation.customer_hint.", field), problem);
  };
  check("company_name", validation::TextProblem(hint.company_name(), 0, 200));
  if (!hint.email_address().empty() && !validation::NormaliseEmailAddress(hint.email_address())) {
    check("email_address", "is not a mail address");
  }
  if (!hint.domain().empty() && !validation::NormaliseDomain(hint.domain())) {
    check("domain", "is not an internet domain");
  }
  const bool to_reseller = invitation.kind() == Invitation::PARTNERSHIP;
  const char* const family = to_reseller ? "partners" : "customers";
  if (!hint.account().empty() && !request::IsAccountName(hint.account(), family)) {
    check("account", absl::StrCat("is not of the form ", family, "/{id}"));
  }
  if (to_reseller && !hint.domain().empty()) {
    check("domain", "is not taken with kind PARTNERSHIP");
  }
  if (invitation.mode() == Invitation::OPEN) {
    const char* const problem = "is not taken with mode OPEN, which binds to nobody";
    if (!hint.email_address().empty()) check("email_address", problem);
    if (!hint.domain().empty()) check("domain", problem);
    if (!hint.account().empty()) check("account", problem);
  }
  if (!hint.country().empty() && !validation::IsCountryCode(hint.country())) {
    check("country", "is not an ISO 3166-1 alpha-2 code in upper case");
  }
}

// What goes with which kind and mode.
void CheckTerms(const Invitation& invitation, FieldViolations& violations) {
  const auto check = [&](const char* field, bool good, const char* problem) {
    if (!good) violations.Add(absl::StrCat("invitation.", field), problem);
  };
  const bool combined = invitation.kind() == Invitation::CUSTOMER_WITH_PROVIDER;
  check("kind", Invitation::Kind_IsValid(invitation.kind()), "is not a kind");
  check("mode", Invitation::Mode_IsValid(invitation.mode()), "is not a mode");
  if (combined) {
    check("provider", request::IsAccountName(invitation.provider(), "partners"),
          "is not of the form partners/{id}; required with kind CUSTOMER_WITH_PROVIDER");
  } else {
    check("provider", invitation.provider().empty(),
          "is taken with kind CUSTOMER_WITH_PROVIDER only");
  }
  if (invitation.mode() == Invitation::OPEN) {
    check("max_uses", invitation.max_uses() >= 1 && invitation.max_uses() <= kMostUses,
          "must be 1 to 100000 with mode OPEN");
  } else {
    check("max_uses", invitation.max_uses() == 0 || invitation.max_uses() == 1,
          "must be 1 with mode TARGETED");
  }
  check("grant_request",
        invitation.kind() != Invitation::PARTNERSHIP || !invitation.has_grant_request(),
        "is not taken with kind PARTNERSHIP");
  check("grant_request", !(invitation.relationship_only() && invitation.has_grant_request()),
        "is not taken together with relationship_only");
}

void CheckTexts(const Invitation& invitation, FieldViolations& violations) {
  message::ValidateNote(invitation.note(), violations);
  if (!invitation.subject().empty()) message::ValidateSubject(invitation.subject(), violations);
  if (!invitation.body_text().empty()) message::ValidateBody(invitation.body_text(), violations);
}

// Whether something may still become of it.
bool IsOpen(Invitation::State state) {
  return state == Invitation::DRAFT || state == Invitation::AWAITING_PROVIDER ||
         state == Invitation::PENDING;
}

absl::Status CheckPartnership(const Standing& standing, const Invitation& invitation) {
  if (standing.partnership_is_active && !standing.provider_is_active) {
    return Refusal(common::v1::PARTNER_SUSPENDED, "The provider is suspended.",
                   {{"partner", invitation.provider()}});
  }
  if (standing.partnership_is_active) return absl::OkStatus();
  if (standing.partnership.empty()) {
    return Refusal(common::v1::PARTNERSHIP_INACTIVE,
                   absl::StrCat("There is no partnership with ", invitation.provider(), "."),
                   {{"provider", invitation.provider()}});
  }
  return Refusal(common::v1::PARTNERSHIP_INACTIVE,
                 absl::StrCat("The partnership is not active: ", standing.partnership, "."),
                 {{"provider", invitation.provider()}, {"partnership", standing.partnership}});
}

}  // namespace

std::optional<Invitation::State> After(Action action, Invitation::State state) {
  switch (action) {
    case Action::kUpdate:
    case Action::kDelete:
      if (state == Invitation::DRAFT) return state;
      break;
    case Action::kRender:
      if (IsOpen(state)) return state;
      break;
    case Action::kIssue:
      if (state == Invitation::DRAFT) return Invitation::PENDING;
      break;
    case Action::kAskProvider:
      if (state == Invitation::DRAFT) return Invitation::AWAITING_PROVIDER;
      break;
    case Action::kApprove:
      if (state == Invitation::AWAITING_PROVIDER) return Invitation::PENDING;
      break;
    case Action::kRefuse:
      if (state == Invitation::AWAITING_PROVIDER) return Invitation::REFUSED;
      break;
    case Action::kSend:
      if (state == Invitation::PENDING) return state;
      break;
    case Action::kAccept:
      if (state == Invitation::PENDING) return Invitation::ACCEPTED;
      break;
    case Action::kUse:
      if (state == Invitation::PENDING) return state;
      break;
    case Action::kExhaust:
      if (state == Invitation::PENDING) return Invitation::EXHAUSTED;
      break;
    case Action::kDecline:
      if (state == Invitation::PENDING) return Invitation::DECLINED;
      break;
    case Action::kRevoke:
      if (IsOpen(state)) return Invitation::REVOKED;
      break;
    case Action::kExpire:
      if (state == Invitation::PENDING || state == Invitation::AWAITING_PROVIDER) {
        return Invitation::EXPIRED;
      }
      break;
    case Action::kResend:
      if (state == Invitation::PENDING || state == Invitation::EXPIRED) return Invitation::PENDING;
      break;
    case Action::kAskProviderAgain:
      if (state == Invitation::PENDING || state == Invitation::EXPIRED) {
        return Invitation::AWAITING_PROVIDER;
      }
      break;
    case Action::kExtend:
      if (state == Invitation::PENDING) return state;
      break;
  }
  return std::nullopt;
}

absl::Status CheckAction(Action action, Invitation::State state) {
  if (After(action, state)) return absl::OkStatus();
  return StateTransition(NameOf(action), Invitation::State_Name(state));
}

absl::Status CheckName(std::string_view name, FieldViolations violations) {
  if (!request::ParseChildName(name, "partners", "invitations"))
    violations.Add("name", kNameProblem);
  return violations.ToStatus();
}

absl::Status CheckShape(const Invitation& invitation, FieldViolations violations) {
  const auto check = [&](const char* field, bool good, const char* problem) {
    if (!good) violations.Add(absl::StrCat("invitation.", field), problem);
  };
  CheckTerms(invitation, violations);
  check("channel", common::v1::Channel_IsValid(invitation.channel()), "is not a channel");
  CheckHint(invitation, violations);
  const Invitation::GrantRequest& grant = invitation.grant_request();
  access::CheckGrantTerms(grant.roles(), grant.duration_days(), grant.auto_extend(),
                          "invitation.grant_request.", violations);
  check("locale", invitation.locale().empty() || validation::IsLanguageTag(invitation.locale()),
        "is not a BCP-47 language tag");
  if (invitation.has_ttl()) CheckTtlShape("invitation.ttl", invitation.ttl(), violations);
  CheckTexts(invitation, violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  if (invitation.body_text().empty()) return absl::OkStatus();
  return message::ValidateBodyLink(invitation.body_text());
}

void CheckTtlShape(std::string_view field, const google::protobuf::Duration& ttl,
                   FieldViolations& violations) {
  if (ttl.seconds() >= 1 && ttl.seconds() <= kLongestTtlSeconds && ttl.nanos() == 0) return;
  violations.Add(field, "must be whole seconds, at most 90 days");
}

absl::Status CheckTtl(const Invitation& invitation, absl::Duration min_ttl) {
  return CheckTtl("invitation.ttl", invitation.ttl(), min_ttl);
}

absl::Status CheckTtl(std::string_view field, const google::protobuf::Duration& ttl,
                      absl::Duration min_ttl) {
  FieldViolations violations;
  if (absl::Seconds(ttl.seconds()) < min_ttl) {
    violations.Add(field, absl::StrCat("must be at least ", absl::ToInt64Seconds(min_ttl), " s"));
  }
  return violations.ToStatus();
}

absl::Status NotExtended(Invitation::State state) {
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kExtend, state));
  FieldViolations violations;
  violations.Add("ttl", "must end later than the present expire_time");
  return violations.ToStatus();
}

void FillDefaults(Invitation& invitation) {
  if (invitation.kind() == Invitation::KIND_UNSPECIFIED) invitation.set_kind(Invitation::CUSTOMER);
  if (invitation.mode() == Invitation::MODE_UNSPECIFIED) invitation.set_mode(Invitation::TARGETED);
  const bool open = invitation.mode() == Invitation::OPEN;
  if (!open) invitation.set_max_uses(1);
  if (invitation.kind() == Invitation::PARTNERSHIP) invitation.set_relationship_only(true);
  if (invitation.locale().empty()) invitation.set_locale("en");
  if (!invitation.has_ttl()) {
    invitation.mutable_ttl()->set_seconds(open ? kLongestTtlSeconds : kDefaultTtlSeconds);
  }
  auto& hint = *invitation.mutable_customer_hint();
  if (const auto domain = validation::NormaliseDomain(hint.domain())) hint.set_domain(*domain);
  if (invitation.relationship_only()) {
    invitation.clear_grant_request();
    return;
  }
  auto& grant = *invitation.mutable_grant_request();
  if (grant.roles().empty()) *grant.mutable_roles() = access::DefaultGrantRoles();
  if (grant.duration_days() == 0) grant.set_duration_days(access::kMostGrantDays);
}

std::string EmailKey(const Invitation& invitation) {
  return EmailKeyOf(invitation.customer_hint().email_address());
}

std::string EmailKeyOf(std::string_view email_address) {
  // Addresses that differ only in case reach the same mailbox nearly everywhere.
  return absl::AsciiStrToLower(validation::NormaliseEmailAddress(email_address).value_or(""));
}

absl::Status CheckInviter(const Standing& standing, std::string_view partner,
                          const Invitation& invitation) {
  if (!standing.partner_is_active) {
    return Refusal(common::v1::PARTNER_SUSPENDED, "The partner is suspended, or not enrolled.");
  }
  const bool to_reseller = invitation.kind() == Invitation::PARTNERSHIP;
  if (to_reseller ? !standing.partner_is_provider : !standing.partner_is_reseller) {
    return Refusal(common::v1::WRONG_KIND,
                   to_reseller ? "Only a provider invites resellers to a partnership."
                               : "Only a reseller invites customers.");
  }
  const std::string_view account = invitation.customer_hint().account();
  const std::string_view provider = invitation.provider();
  if (TenantOf(account) == TenantOf(partner) || provider == partner) {
    return Refusal(common::v1::SELF_RELATIONSHIP, "A partner cannot invite itself.");
  }
  if (!provider.empty() && TenantOf(account) == TenantOf(provider)) {
    return Refusal(common::v1::SELF_RELATIONSHIP, "A provider cannot be its own customer.");
  }
  if (invitation.kind() == Invitation::CUSTOMER_WITH_PROVIDER) {
    PARTNERLINK_RETURN_IF_ERROR(CheckPartnership(standing, invitation));
  }
  if (!standing.same_region) {
    return Refusal(common::v1::REGION, "Not all that this asks for are in the same region.");
  }
  return absl::OkStatus();
}

absl::Status CheckReader(const Principal& principal, std::string_view partner,
                         const Invitation& invitation) {
  if (principal.IsOperator() || principal.account == partner) return absl::OkStatus();
  return CheckProvider(principal, invitation);
}

absl::Status CheckProvider(const Principal& principal, const Invitation& invitation) {
  const bool is_provider = !invitation.provider().empty() &&
                           principal.account == invitation.provider() &&
                           invitation.state() != Invitation::DRAFT;
  return is_provider ? absl::OkStatus() : NotFound();
}

absl::Status CheckNoEqual(const std::optional<std::string>& open_equal) {
  if (!open_equal) return absl::OkStatus();
  return Refusal(common::v1::INVITATION_EXISTS,
                 absl::StrCat("An equal invitation is open: ", *open_equal, "."),
                 {{"invitation", *open_equal}});
}

absl::Status CheckQuota(std::string_view partner, int64_t issued_today, int daily_issues,
                        absl::Duration wait) {
  if (issued_today < daily_issues) return absl::OkStatus();
  return QuotaExceeded(
      partner, absl::StrCat("At most ", daily_issues, " invitations may be issued in 24 hours."),
      std::clamp(wait, absl::Seconds(1), kDay));
}

absl::Status CheckRevoker(const Principal& principal, const Invitation& invitation) {
  if (principal.IsOperator() || principal.HasRole("global_admin") ||
      principal.HasRole("admin_agent") || principal.subject == invitation.creator()) {
    return absl::OkStatus();
  }
  return Refusal(common::v1::ROLE_MISSING, "A sales agent may revoke only its own invitations.");
}

bool SeesEmailAddress(const Principal& principal, std::string_view partner) {
  if (principal.IsOperator()) return true;
  return principal.account == partner &&
         (principal.HasRole("global_admin") || principal.HasRole("admin_agent") ||
          principal.HasRole("sales_agent"));
}

void MaskEmailAddress(Invitation& invitation) {
  auto& hint = *invitation.mutable_customer_hint();
  const size_t at = hint.email_address().find('@');
  if (at == std::string::npos) return;
  hint.set_email_address(
      absl::StrCat(hint.email_address().substr(0, 1), "***", hint.email_address().substr(at)));
}

absl::StatusOr<FieldMask> UpdatePaths(const FieldMask& mask, const Invitation& invitation) {
  return request::WritablePaths(mask, invitation, kWritable);
}

void Merge(const FieldMask& paths, const Invitation& source, Invitation& target) {
  request::WritePaths(paths, source, target);
  const bool asks_for_grant =
      source.has_grant_request() &&
      std::any_of(paths.paths().begin(), paths.paths().end(),
                  [](const std::string& path) { return path.rfind("grant_request", 0) == 0; });
  // A switch to relationship_only takes back the grant that was asked for before.
  if (target.relationship_only() && !asks_for_grant) target.clear_grant_request();
}

}  // namespace partnerlink::invitation::invitations
