#include "services/relationship/partners/rules.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "common/request/field_mask.h"
#include "common/validation/text.h"
#include "google/protobuf/util/message_differencer.h"

namespace partnerlink::relationship::partners {
namespace {

using google::protobuf::FieldMask;
using v1::Partner;
using Policies = v1::Partner::Policies;

constexpr size_t kMostNameCharacters = 200;
constexpr size_t kMostNumberCharacters = 64;
constexpr int kMostDays = 365;
// Of a row that nothing has changed since.
constexpr std::string_view kEnrolledEtag = "r1";
constexpr std::array<std::string_view, 2> kWritable = {"display_name", "policies"};
constexpr std::string_view kRevokeAfterDays = "policies.revoke_after_days";

bool IsPartnerNumber(std::string_view text) {
  return !text.empty() && text.size() <= kMostNumberCharacters &&
         std::all_of(text.begin(), text.end(), [](char c) {
           return absl::ascii_isalnum(static_cast<unsigned char>(c)) || c == '-';
         });
}

std::string TypesProblem(const Partner& partner) {
  if (partner.types().empty()) return "must name at least one type";
  std::set<int> seen;
  for (const int type : partner.types()) {
    if (type == Partner::TYPE_UNSPECIFIED || !Partner::Type_IsValid(type)) {
      return "must be of RESELLER, PROVIDER";
    }
    if (!seen.insert(type).second) return "names a type twice";
  }
  return "";
}

void CheckPolicies(const Policies& policies, FieldViolations& violations) {
  if (!Policies::ProviderConsent_IsValid(policies.provider_consent())) {
    violations.Add("partner.policies.provider_consent", "must be AUTO or CONFIRM");
  }
  if (!Policies::OnRemoval_IsValid(policies.on_removal())) {
    violations.Add("partner.policies.on_removal",
                   "must be KEEP_GRANTS, REVOKE_GRANTS or REVOKE_GRANTS_AFTER");
  }
  if (!Policies::RemovalNotice_IsValid(policies.removal_notice())) {
    violations.Add("partner.policies.removal_notice", "must be NONE or NOTIFY");
  }
  const int days = policies.revoke_after_days();
  if (policies.on_removal() != Policies::REVOKE_GRANTS_AFTER && days != 0) {
    violations.Add("partner.policies.revoke_after_days", "goes only with REVOKE_GRANTS_AFTER");
  } else if (policies.on_removal() == Policies::REVOKE_GRANTS_AFTER &&
             (days < 1 || days > kMostDays)) {
    violations.Add("partner.policies.revoke_after_days", "must be 1 to 365");
  }
  if (policies.end_notice_days() < 0 || policies.end_notice_days() > kMostDays) {
    violations.Add("partner.policies.end_notice_days", "must be 0 to 365");
  }
}

Policies WithDefaults(Policies policies) {
  if (policies.provider_consent() == Policies::PROVIDER_CONSENT_UNSPECIFIED) {
    policies.set_provider_consent(Policies::AUTO);
  }
  if (policies.on_removal() == Policies::ON_REMOVAL_UNSPECIFIED) {
    policies.set_on_removal(Policies::KEEP_GRANTS);
  }
  if (policies.removal_notice() == Policies::REMOVAL_NOTICE_UNSPECIFIED) {
    policies.set_removal_notice(Policies::NONE);
  }
  return policies;
}

// What may have been changed since it was enrolled is no other value.
bool HasTheValuesOf(const Partner& enrolled, const Partner& wanted, bool named) {
  if (named && enrolled.name() != wanted.name()) return false;
  if (!enrolled.etag().empty() && enrolled.etag() != kEnrolledEtag) {
    Partner fixed = ToEnrol(enrolled, wanted.name());
    fixed.set_display_name(wanted.display_name());
    *fixed.mutable_policies() = wanted.policies();
    return google::protobuf::util::MessageDifferencer::Equals(fixed, wanted);
  }
  return google::protobuf::util::MessageDifferencer::Equals(ToEnrol(enrolled, wanted.name()),
                                                            wanted);
}

}  // namespace

void CheckShape(const Partner& partner, FieldViolations& violations) {
  if (const std::string problem =
          validation::TextProblem(partner.display_name(), 1, kMostNameCharacters);
      !problem.empty()) {
    violations.Add("partner.display_name", problem);
  }
  if (const std::string problem = TypesProblem(partner); !problem.empty()) {
    violations.Add("partner.types", problem);
  }
  if (!validation::IsCountryCode(partner.country())) {
    violations.Add("partner.country", "is not an ISO 3166-1 alpha-2 code in upper case");
  }
  if (!IsPartnerNumber(partner.partner_number())) {
    violations.Add("partner.partner_number", "must have 1 to 64 of A-Z, a-z, 0-9 and -");
  }
  CheckPolicies(partner.policies(), violations);
}

Partner ToEnrol(const Partner& asked, std::string_view name) {
  Partner partner;
  partner.set_name(std::string(name));
  partner.set_display_name(asked.display_name());
  *partner.mutable_types() = asked.types();
  std::sort(partner.mutable_types()->begin(), partner.mutable_types()->end());
  partner.set_country(asked.country());
  partner.set_partner_number(asked.partner_number());
  *partner.mutable_policies() = WithDefaults(asked.policies());
  return partner;
}

absl::StatusOr<Partner> EnrolledAlready(const Partner& wanted, bool named,
                                        const std::vector<Partner>& taken) {
  for (const Partner& enrolled : taken) {
    if (HasTheValuesOf(enrolled, wanted, named)) return enrolled;
  }
  return Refusal(common::v1::PARTNER_EXISTS,
                 "The partner, or its partner number, is enrolled with other values.",
                 {{"partner", taken.front().name()}});
}

absl::StatusOr<FieldMask> UpdatePaths(const FieldMask& mask, const Partner& asked) {
  return request::WritablePaths(mask, asked, kWritable);
}

absl::StatusOr<Partner> Edited(const Principal& editor, const Partner& before,
                               const FieldMask& paths, const Partner& asked) {
  if (!asked.etag().empty() && asked.etag() != before.etag()) return EtagMismatch();
  if (before.state() != Partner::ACTIVE && !editor.IsOperator()) {
    return Refusal(common::v1::PARTNER_SUSPENDED, "The partner is suspended.");
  }
  Partner edited = before;
  request::WritePaths(paths, asked, edited);
  const bool says_days = std::find(paths.paths().begin(), paths.paths().end(), kRevokeAfterDays) !=
                             paths.paths().end() ||
                         asked.policies().revoke_after_days() != 0;
  Policies& policies = *edited.mutable_policies();
  if (policies.on_removal() != Policies::REVOKE_GRANTS_AFTER && !says_days) {
    policies.clear_revoke_after_days();
  }
  FieldViolations violations;
  CheckShape(edited, violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  policies = WithDefaults(policies);
  return edited;
}

std::optional<Partner::State> After(Action action, Partner::State state) {
  switch (action) {
    case Action::kSuspend:
      if (state == Partner::ACTIVE) return Partner::SUSPENDED;
      break;
    case Action::kResume:
      if (state == Partner::SUSPENDED) return Partner::ACTIVE;
      break;
  }
  return std::nullopt;
}

absl::Status CheckAction(Action action, Partner::State state) {
  if (After(action, state)) return absl::OkStatus();
  return StateTransition(action == Action::kSuspend ? "suspend it" : "resume it",
                         Partner::State_Name(state));
}

std::string EventOf(Action action) {
  return action == Action::kSuspend ? "partner.suspended" : "partner.resumed";
}

void HideFrom(const Principal& reader, Partner& partner) {
  if (reader.IsOperator() || reader.account == partner.name()) return;
  Partner shown;
  shown.set_name(partner.name());
  shown.set_display_name(partner.display_name());
  *shown.mutable_types() = partner.types();
  shown.set_country(partner.country());
  partner = std::move(shown);
}

std::string ViewerOf(const Principal& reader) { return reader.IsOperator() ? "" : reader.account; }

bool SeesWholeRows(const Principal& reader) { return reader.IsOperator(); }

}  // namespace partnerlink::relationship::partners
