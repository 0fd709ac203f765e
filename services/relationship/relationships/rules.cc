#include "services/relationship/relationships/rules.h"

#include <algorithm>
#include <set>

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
  if (!ground.same_region) return common::v1::REGION;
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

bool MayHoldGrant(const EstablishRelationshipsResponse& response, std::string_view partner) {
  return std::none_of(response.edges().begin(), response.edges().end(), [&](const Answer& edge) {
    return edge.partner() == partner && edge.state() == Answer::REFUSED &&
           edge.reason() != common::v1::RELATIONSHIP_EXISTS;
  });
}

}  // namespace partnerlink::relationship::relationships
