#include "services/relationship/relationships/rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "common/request/request.h"
#include "common/validation/text.h"

namespace partnerlink::relationship::relationships {
namespace {

using v1::EstablishRelationshipsRequest;
using v1::EstablishRelationshipsResponse;
using v1::Relationship;
using Answer = v1::EstablishRelationshipsResponse::Edge;

constexpr std::string_view kCollection = "relationships/";
constexpr int kMostEdges = 2;
constexpr size_t kMostNameCharacters = 300;
constexpr size_t kMostActorCharacters = 255;
constexpr size_t kMostCompanyNameCharacters = 200;
constexpr size_t kMostVersionCharacters = 50;

void CheckOrigin(const EstablishRelationshipsRequest& request, FieldViolations& violations) {
  if (const std::string problem = validation::TextProblem(request.source(), 1, kMostNameCharacters);
      !problem.empty()) {
    violations.Add("source", problem);
  }
  if (request.origin() == Relationship::ORIGIN_UNSPECIFIED ||
      !Relationship::Origin_IsValid(request.origin())) {
    violations.Add("origin", "must be INVITATION, PORTAL or CREATED");
  }
  const size_t least = request.origin() == Relationship::INVITATION ? 1 : 0;
  if (const std::string problem =
          validation::TextProblem(request.invitation(), least, kMostNameCharacters);
      !problem.empty()) {
    violations.Add("invitation", problem);
  }
  if (!common::v1::Channel_IsValid(request.channel())) {
    violations.Add("channel", "is not a channel");
  }
  // As a token's `sub` may be: every script, format characters too.
  const size_t actor_length = validation::CodePoints(request.actor());
  if (actor_length == 0 || actor_length > kMostActorCharacters ||
      validation::HasControl(request.actor())) {
    violations.Add("actor", "must have 1 to 255 characters, none of them a control character");
  }
  if (!validation::IsUuid(request.root_event())) violations.Add("root_event", "is not a UUID");
}

void CheckCustomer(const EstablishRelationshipsRequest& request, FieldViolations& violations) {
  if (!request::IsAccountName(request.customer(), "customers")) {
    violations.Add("customer", "is not of the form customers/{id}");
  }
  if (!request.has_company()) return;
  if (const std::string problem =
          validation::TextProblem(request.company().display_name(), 1, kMostCompanyNameCharacters);
      !problem.empty()) {
    violations.Add("company.display_name", problem);
  }
  if (!validation::IsCountryCode(request.company().country())) {
    violations.Add("company.country", "is not an ISO 3166-1 alpha-2 code in upper case");
  }
}

void CheckEdge(const EstablishRelationshipsRequest::Edge& edge, const std::string& path,
               FieldViolations& violations) {
  if (edge.type() == Relationship::TYPE_UNSPECIFIED || !Relationship::Type_IsValid(edge.type())) {
    violations.Add(path + ".type", "must be RESELLER or PROVIDER");
  }
  if (!request::IsAccountName(edge.partner(), "partners")) {
    violations.Add(path + ".partner", "is not of the form partners/{id}");
  }
  if (edge.via_partner().empty()) return;
  if (edge.type() != Relationship::PROVIDER) {
    violations.Add(path + ".via_partner", "goes only with PROVIDER");
  } else if (!request::IsAccountName(edge.via_partner(), "partners")) {
    violations.Add(path + ".via_partner", "is not of the form partners/{id}");
  }
}

std::string_view NameOf(Action action) {
  switch (action) {
    case Action::kSuspend:
      return "suspend it";
    case Action::kResume:
      return "resume it";
    case Action::kRemove:
      return "remove it";
    case Action::kEnd:
    case Action::kFinishEnd:
      return "end it";
    case Action::kWithdrawEnd:
      return "take back its end";
  }
  return "";
}

Answer AnswerFor(const Relationship& relationship) {
  Answer answer;
  answer.set_type(relationship.type());
  answer.set_partner(relationship.partner());
  answer.set_relationship(relationship.name());
  return answer;
}

}  // namespace

std::optional<std::string> ParseName(std::string_view name) {
  if (name.substr(0, kCollection.size()) != kCollection) return std::nullopt;
  const std::string_view id = name.substr(kCollection.size());
  if (!validation::IsUuid(id)) return std::nullopt;
  return std::string(id);
}

absl::Status CheckReader(const Principal& reader, const Relationship& relationship) {
  const bool is_party =
      reader.account == relationship.partner() || reader.account == relationship.customer();
  return is_party || reader.IsOperator() ? absl::OkStatus() : NotFound();
}

void CheckShape(const EstablishRelationshipsRequest& request, FieldViolations& violations) {
  CheckOrigin(request, violations);
  CheckCustomer(request, violations);
  if (request.edges().empty() || request.edges_size() > kMostEdges) {
    violations.Add("edges", "must be 1 or 2");
  }
  std::set<int> types;
  std::set<std::string> partners;
  for (int i = 0; i < request.edges_size(); ++i) {
    const std::string path = absl::StrCat("edges[", i, "]");
    CheckEdge(request.edges(i), path, violations);
    if (!types.insert(request.edges(i).type()).second) {
      violations.Add(path + ".type", "is there twice");
    }
    partners.insert(request.edges(i).partner());
  }
  if (request.has_grant() && !partners.contains(request.grant().partner())) {
    violations.Add("grant.partner", "is not the partner of an edge");
  }
}

Relationship ToEstablish(const EstablishRelationshipsRequest& request,
                         const EstablishRelationshipsRequest::Edge& edge) {
  Relationship relationship;
  relationship.set_type(edge.type());
  relationship.set_partner(edge.partner());
  relationship.set_customer(request.customer());
  relationship.set_state(Relationship::ACTIVE);
  relationship.set_origin(request.origin());
  relationship.set_invitation(request.invitation());
  relationship.set_via_partner(edge.via_partner());
  return relationship;
}

std::optional<ErrorReason> WhyNot(const Ground& ground) {
  if (ground.partner == nullptr || ground.partner->state() != v1::Partner::ACTIVE) {
    return common::v1::PARTNER_SUSPENDED;
  }
  if (ground.created_before) return common::v1::CUSTOMER_EXISTS;
  if (!ground.same_region) return common::v1::REGION;
  if (ground.partnership_inactive) return common::v1::PARTNERSHIP_INACTIVE;
  return std::nullopt;
}

Answer Established(const Relationship& created) {
  Answer answer = AnswerFor(created);
  answer.set_state(Answer::ACTIVE);
  return answer;
}

Answer Exists(const Relationship& live) { return Refused(live, common::v1::RELATIONSHIP_EXISTS); }

Answer Refused(const Relationship& wanted, ErrorReason reason) {
  Answer answer = AnswerFor(wanted);
  answer.set_state(Answer::REFUSED);
  answer.set_reason(reason);
  return answer;
}

absl::Status CheckAttestation(const v1::Attestation& attestation) {
  FieldViolations violations;
  const auto require = [&](bool given, const char* field, const char* problem) {
    if (!given) violations.Add(absl::StrCat("attestation.", field), problem);
  };
  const std::string problem =
      validation::TextProblem(attestation.text_version(), 1, kMostVersionCharacters);
  if (!problem.empty()) violations.Add("attestation.text_version", problem);
  require(attestation.good_faith(), "good_faith", "must be true");
  require(attestation.business_purpose(), "business_purpose", "must be true");
  require(attestation.per_agreement(), "per_agreement", "must be true");
  require(attestation.accepts_responsibility(), "accepts_responsibility", "must be true");
  require(attestation.legal_notice() == v1::Attestation::GIVEN ||
              attestation.legal_notice() == v1::Attestation::NOT_REQUIRED,
          "legal_notice", "must be GIVEN or NOT_REQUIRED");
  return violations.ToStatus(common::v1::ATTESTATION_INCOMPLETE);
}

absl::Status CheckTextVersion(const v1::Attestation& attestation, std::string_view current) {
  if (attestation.text_version() == current) return absl::OkStatus();
  return Refusal(common::v1::ATTESTATION_VERSION,
                 "The attested text is not the current one: read it again.",
                 {{"current", std::string(current)}});
}

v1::Attestation AttestedBy(const Principal& remover, const v1::Attestation& attestation) {
  v1::Attestation kept = attestation;
  kept.set_actor(remover.subject);
  kept.clear_attest_time();
  return kept;
}

std::optional<Relationship::State> After(Action action, Relationship::State state,
                                         Relationship::State ending_from) {
  const bool is_in_force = state == Relationship::ACTIVE || state == Relationship::SUSPENDED;
  switch (action) {
    case Action::kSuspend:
      if (state == Relationship::ACTIVE) return Relationship::SUSPENDED;
      break;
    case Action::kResume:
      if (state == Relationship::SUSPENDED) return Relationship::ACTIVE;
      break;
    case Action::kRemove:
      if (is_in_force) return Relationship::ENDED;
      break;
    case Action::kEnd:
      if (is_in_force) return Relationship::ENDING;
      break;
    case Action::kWithdrawEnd:
      if (state == Relationship::ENDING) return ending_from;
      break;
    case Action::kFinishEnd:
      if (state == Relationship::ENDING) return Relationship::ENDED;
      break;
  }
  return std::nullopt;
}

absl::Status CheckAction(Action action, Relationship::State state) {
  if (After(action, state)) return absl::OkStatus();
  return StateTransition(NameOf(action), Relationship::State_Name(state));
}

std::string_view EventOf(Action action) {
  switch (action) {
    case Action::kSuspend:
      return "relationship.suspended";
    case Action::kResume:
      return "relationship.resumed";
    case Action::kEnd:
      return "relationship.ending";
    case Action::kWithdrawEnd:
      return "relationship.end_withdrawn";
    case Action::kRemove:
    case Action::kFinishEnd:
      return "relationship.ended";
  }
  return "";
}

absl::Status CheckRemover(const Principal& caller, const Relationship& relationship) {
  return caller.account == relationship.partner() ? absl::OkStatus() : NotFound();
}

absl::Status CheckEnder(const Principal& caller, const Relationship& relationship) {
  return caller.account == relationship.customer() ? absl::OkStatus() : NotFound();
}

absl::Status CheckPauser(const Principal& caller, const Relationship& relationship,
                         bool is_through) {
  if (caller.IsOperator()) return absl::OkStatus();
  if (caller.account == relationship.partner()) {
    if (relationship.type() == Relationship::PROVIDER) return absl::OkStatus();
    return Refusal(
        common::v1::PERMISSION_MISSING,
        "A relationship is paused by the provider that it goes through, or an operator.");
  }
  return is_through && relationship.type() == Relationship::RESELLER ? absl::OkStatus()
                                                                     : NotFound();
}

absl::Status CheckRemoval(const Relationship& relationship, const v1::Partner* partner) {
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kRemove, relationship.state()));
  if (partner == nullptr || partner->state() != v1::Partner::ACTIVE) {
    return Refusal(common::v1::PARTNER_SUSPENDED, "The partner is suspended.");
  }
  return absl::OkStatus();
}

std::optional<absl::Duration> RevokedAfter(const v1::Partner::Policies& policies) {
  switch (policies.on_removal()) {
    case v1::Partner::Policies::REVOKE_GRANTS:
      return absl::ZeroDuration();
    case v1::Partner::Policies::REVOKE_GRANTS_AFTER:
      return absl::Hours(24) * policies.revoke_after_days();
    default:
      return std::nullopt;
  }
}

absl::Status CheckNothingRuns(const std::vector<std::string>& subscriptions) {
  if (subscriptions.empty()) return absl::OkStatus();
  return Blocked(
      common::v1::ACTIVE_SUBSCRIPTIONS,
      "Subscriptions that were sold through the relationship are not over: cancel them, or "
      "set cancel_subscriptions.",
      subscriptions);
}

v1::AttestationText NearestTo(std::string_view locale,
                              const std::vector<v1::AttestationText>& texts) {
  const auto find = [&](std::string_view tag) {
    return std::find_if(texts.begin(), texts.end(), [&](const v1::AttestationText& text) {
      return absl::EqualsIgnoreCase(text.locale(), absl::string_view(tag.data(), tag.size()));
    });
  };
  for (std::string_view tag = locale; !tag.empty();) {
    if (const auto found = find(tag); found != texts.end()) return *found;
    const size_t dash = tag.rfind('-');
    tag = tag.substr(0, dash == std::string_view::npos ? 0 : dash);
  }
  const auto english = find("en");
  return english != texts.end() ? *english : texts.front();
}

bool MayHoldGrant(const EstablishRelationshipsResponse& response, std::string_view partner) {
  return std::none_of(response.edges().begin(), response.edges().end(), [&](const Answer& edge) {
    return edge.partner() == partner && edge.state() == Answer::REFUSED &&
           edge.reason() != common::v1::RELATIONSHIP_EXISTS;
  });
}

}  // namespace partnerlink::relationship::relationships
