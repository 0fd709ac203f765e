#include "services/relationship/creations/rules.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "common/request/request.h"
#include "common/validation/text.h"

namespace partnerlink::relationship::creations {
namespace {

using Request = v1::EstablishCreatedCustomersRequest;

constexpr size_t kMostSourceCharacters = 300;
constexpr size_t kMostActorCharacters = 255;

void CheckCustomer(const Request::Customer& customer, const std::string& path,
                   FieldViolations& violations) {
  if (!request::IsAccountName(customer.customer(), "customers")) {
    violations.Add(path + ".customer", "is not of the form customers/{id}");
  }
  if (!validation::IsCountryCode(customer.country())) {
    violations.Add(path + ".country", "is not an ISO 3166-1 alpha-2 code in upper case");
  }
  if (!common::v1::Channel_IsValid(customer.channel())) {
    violations.Add(path + ".channel", "is not a channel");
  }
}

}  // namespace

void CheckShape(const Request& request, FieldViolations& violations) {
  if (const std::string problem =
          validation::TextProblem(request.source(), 1, kMostSourceCharacters);
      !problem.empty()) {
    violations.Add("source", problem);
  }
  if (!request::IsAccountName(request.partner(), "partners")) {
    violations.Add("partner", "is not of the form partners/{id}");
  }
  if (request.type() != v1::Relationship::RESELLER &&
      request.type() != v1::Relationship::PROVIDER) {
    violations.Add("type", "must be RESELLER or PROVIDER");
  }
  if (request.customers().empty() || request.customers_size() > kMostCustomers) {
    violations.Add("customers", absl::StrCat("must be 1 to ", kMostCustomers));
  }
  std::set<std::string> names;
  for (int i = 0; i < request.customers_size(); ++i) {
    const std::string path = absl::StrCat("customers[", i, "]");
    CheckCustomer(request.customers(i), path, violations);
    if (!names.insert(request.customers(i).customer()).second) {
      violations.Add(path + ".customer", "is there twice");
    }
  }
  // As a token's `sub` may be: every script, format characters too.
  const size_t actor_length = validation::CodePoints(request.actor());
  if (actor_length == 0 || actor_length > kMostActorCharacters ||
      validation::HasControl(request.actor())) {
    violations.Add("actor", "must have 1 to 255 characters, none of them a control character");
  }
  if (!validation::IsUuid(request.root_event())) violations.Add("root_event", "is not a UUID");
}

bool AreCreated(std::string_view event) { return event == kEstablished; }

v1::Relationship RelationshipOf(const Request& request) {
  v1::Relationship relationship;
  relationship.set_type(request.type());
  relationship.set_partner(request.partner());
  relationship.set_state(v1::Relationship::ACTIVE);
  relationship.set_origin(v1::Relationship::CREATED);
  return relationship;
}

v1::EstablishRelationshipsRequest::GrantTerms TermsOf(const Request& request) {
  v1::EstablishRelationshipsRequest::GrantTerms terms;
  terms.set_partner(request.partner());
  *terms.mutable_roles() = request.grant_roles();
  return terms;
}

bool HasGrant(const Request& request, const Request::Customer& customer) {
  return !request.grant_roles().empty() && !customer.relationship_only();
}

}  // namespace partnerlink::relationship::creations
