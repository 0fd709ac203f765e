#include "services/directory/customers/rules.h"

#include <algorithm>
#include <initializer_list>
#include <set>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "common/validation/domain.h"
#include "common/validation/text.h"

namespace partnerlink::directory::customers {
namespace {

using common::v1::Channel;
using common::v1::Company;
using relationship::v1::Grant;
using relationship::v1::Relationship;

constexpr int kMostDomains = 50;
constexpr std::string_view kRelationships = "relationships/";

constexpr char kPartnersOwn[] = "Each partner keeps its own; only that partner sees it.";
constexpr char kNoSubscriptions[] =
    "Needs a RESELLER relationship, or a grant with subscription_admin.";
constexpr char kNoUsers[] = "Needs a grant with user_admin or directory_reader.";
constexpr char kNotOfOperators[] = "Only the customer and its partners see it.";
constexpr char kNotOfBilling[] = "Needs the role global_admin.";

// A grant with global_admin holds every role.
bool HoldsRole(const std::vector<Grant>& grants, std::initializer_list<std::string_view> roles) {
  return std::any_of(grants.begin(), grants.end(), [&](const Grant& grant) {
    return std::any_of(grant.roles().begin(), grant.roles().end(), [&](const std::string& held) {
      return held == "global_admin" || std::find(roles.begin(), roles.end(), held) != roles.end();
    });
  });
}

void Hide(std::string_view field, std::string_view reason, v1::Customer& customer) {
  v1::Customer::HiddenField& hidden = *customer.add_hidden_fields();
  hidden.set_field(std::string(field));
  hidden.set_reason(std::string(reason));
}

void HideFromPartner(const std::vector<Grant>& grants, v1::Customer& customer) {
  if (!HoldsRole(grants, {"user_admin", "directory_reader"})) {
    Hide("user_count", kNoUsers, customer);
  }
}

void HideFromOthers(const Principal& reader, v1::Customer& customer) {
  for (const char* field : {"channel", "labels", "correlation_id"}) {
    Hide(field, kPartnersOwn, customer);
  }
  if (reader.IsOperator()) {
    Hide("user_count", kNotOfOperators, customer);
  } else if (!reader.HasRole("global_admin")) {
    Hide("user_count", kNotOfBilling, customer);
  }
}

void CheckCompany(const Company& company, FieldViolations& violations) {
  const auto check = [&](std::string_view field, const std::string& problem) {
    if (!problem.empty()) violations.Add(absl::StrCat("company.", std::string(field)), problem);
  };
  check("display_name", validation::TextProblem(company.display_name(), 1, 200));
  if (!validation::IsCountryCode(company.country())) check("country", "is not a country code");
  if (company.domains_size() > kMostDomains) check("domains", "are more than 50");
  for (int i = 0; i < company.domains_size(); ++i) {
    if (validation::NormaliseDomain(company.domains(i)) != company.domains(i)) {
      check(absl::StrCat("domains[", i, "]"), "is not a domain in its normal form");
    }
  }
  const common::v1::Contact& contact = company.contact();
  check("contact.display_name", validation::TextProblem(contact.display_name(), 0, 200));
  check("contact.email_address", validation::TextProblem(contact.email_address(), 0, 254));
  check("contact.phone_number", validation::TextProblem(contact.phone_number(), 0, 50));
  check("registration_number", validation::TextProblem(company.registration_number(), 0, 100));
}

bool IsRelationshipName(std::string_view name) {
  return name.substr(0, kRelationships.size()) == kRelationships &&
         validation::IsUuid(name.substr(kRelationships.size()));
}

void CheckEdge(const v1::ApplyRelationshipsRequest::Edge& edge, const std::string& path,
               FieldViolations& violations) {
  const auto require = [&](bool right, const char* field, const char* problem) {
    if (!right) violations.Add(absl::StrCat(path, field), problem);
  };
  require(IsRelationshipName(edge.relationship()), ".relationship",
          "is not of the form relationships/{uuid}");
  require(edge.type() != Relationship::TYPE_UNSPECIFIED && Relationship::Type_IsValid(edge.type()),
          ".type", "is not a known type");
  require(request::IsAccountName(edge.partner(), "partners"), ".partner",
          "is not of the form partners/{id}");
  require(
      edge.state() != Relationship::STATE_UNSPECIFIED && Relationship::State_IsValid(edge.state()),
      ".state", "is not a known state");
  require(edge.revision() > 0, ".revision", "must be positive");
  require(common::v1::Channel_IsValid(edge.channel()), ".channel", "is not a known channel");
}

}  // namespace

std::string PartnerOf(const Principal& reader) {
  return reader.family == AccountFamily::kPartner ? reader.account : "";
}

absl::Status CheckReader(const Principal& reader, const v1::Customer& customer,
                         const std::vector<Grant>& grants) {
  switch (reader.family) {
    case AccountFamily::kPartner:
      return customer.edges_size() > 0 || !grants.empty() ? absl::OkStatus() : NotFound();
    case AccountFamily::kCustomer:
      return customer.name() == reader.account ? absl::OkStatus() : NotFound();
    case AccountFamily::kOperator:
      return absl::OkStatus();
    case AccountFamily::kNone:
      break;
  }
  return NotFound();
}

void Complete(const Principal& reader, const std::vector<Grant>& grants,
              std::optional<int32_t> subscription_count, v1::Customer& customer) {
  for (const Grant& grant : grants) customer.add_grants(grant.name());
  if (subscription_count) {
    customer.set_subscription_count(*subscription_count);
  } else {
    Hide("subscription_count", reader.IsOperator() ? kNotOfOperators : kNoSubscriptions, customer);
  }
  if (reader.family == AccountFamily::kPartner) {
    HideFromPartner(grants, customer);
  } else {
    HideFromOthers(reader, customer);
  }
}

absl::Status CheckShape(const v1::ApplyRelationshipsRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.customer(), "customers")) {
    violations.Add("customer", "is not of the form customers/{id}");
  }
  if (!request.root_event().empty() && !validation::IsUuid(request.root_event())) {
    violations.Add("root_event", "is not a UUID");
  }
  if (request.has_company()) CheckCompany(request.company(), violations);
  if (request.edges().empty()) violations.Add("edges", "must not be empty");
  std::set<std::string_view> relationships;
  for (int i = 0; i < request.edges_size(); ++i) {
    const std::string path = absl::StrCat("edges[", i, "]");
    CheckEdge(request.edges(i), path, violations);
    if (!relationships.insert(request.edges(i).relationship()).second) {
      violations.Add(absl::StrCat(path, ".relationship"), "is named twice");
    }
  }
  return violations.ToStatus();
}

absl::Status CompanyRequired() {
  return Refusal(common::v1::COMPANY_REQUIRED,
                 "The customer is not known yet: company must say who it is.",
                 {{"field", "company"}});
}

std::map<std::string, Channel> ChannelsByPartner(const v1::ApplyRelationshipsRequest& request) {
  std::map<std::string, Channel> channels;
  for (const auto& edge : request.edges()) {
    Channel& channel = channels[edge.partner()];
    if (channel == common::v1::CHANNEL_UNSPECIFIED) channel = edge.channel();
  }
  return channels;
}

bool IsListed(const v1::Customer& customer) { return customer.edges_size() > 0; }

std::string EventOf(const v1::Customer& before, const v1::Customer& after) {
  if (IsListed(before) == IsListed(after)) return "customer.edge_changed";
  return IsListed(after) ? "customer.listed" : "customer.unlisted";
}

}  // namespace partnerlink::directory::customers
