#include "services/directory/customers/rules.h"

#include <algorithm>
#include <set>
#include <string_view>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/access/grant_terms.h"
#include "common/access/permission.h"
#include "common/request/company.h"
#include "common/request/field_mask.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "common/validation/domain.h"
#include "common/validation/text.h"

namespace partnerlink::directory::customers {
namespace {

using common::v1::Channel;
using common::v1::Company;
using google::protobuf::FieldMask;
using relationship::v1::EstablishRelationshipsRequest;
using relationship::v1::Grant;
using relationship::v1::Partner;
using relationship::v1::Relationship;

constexpr int kMostLabels = 64;
constexpr size_t kMostLabelKeyCharacters = 63;
constexpr size_t kMostLabelCharacters = 255;
constexpr size_t kMostCorrelationCharacters = 100;
constexpr size_t kMostRegistrationCharacters = 100;
constexpr std::string_view kGlobalAdmin = "global_admin";

constexpr char kPartnersOwn[] = "Each partner keeps its own; only that partner sees it.";
constexpr char kNoSubscriptions[] =
    "Needs a RESELLER relationship, or a grant with subscription_admin.";
constexpr char kNoUsers[] = "Needs a grant with user_admin or directory_reader.";
constexpr char kNotOfOperators[] = "Only the customer and its partners see it.";
constexpr char kNotOfBilling[] = "Needs the role global_admin.";

void Hide(std::string_view field, std::string_view reason, v1::Customer& customer) {
  customer.GetReflection()->ClearField(
      &customer, customer.GetDescriptor()->FindFieldByName(std::string(field)));
  v1::Customer::HiddenField& hidden = *customer.add_hidden_fields();
  hidden.set_field(std::string(field));
  hidden.set_reason(std::string(reason));
}

const char* WhyNoUsers(const Principal& reader) {
  if (reader.IsOperator()) return kNotOfOperators;
  return reader.family == AccountFamily::kPartner ? kNoUsers : kNotOfBilling;
}

// A peer's company is in the form in which it is kept.
void CheckNormal(const Company& company, FieldViolations& violations) {
  request::CheckCompany(company, "company.", violations);
  for (int i = 0; i < company.domains_size(); ++i) {
    if (validation::NormaliseDomain(company.domains(i)) != company.domains(i)) {
      violations.Add(absl::StrCat("company.domains[", i, "]"),
                     "is not a domain in its normal form");
    }
  }
}

bool IsLabelKey(std::string_view key) {
  return !key.empty() && key.size() <= kMostLabelKeyCharacters &&
         std::all_of(key.begin(), key.end(), [](char c) {
           return absl::ascii_islower(static_cast<unsigned char>(c)) ||
                  absl::ascii_isdigit(static_cast<unsigned char>(c)) || c == '_' || c == '.' ||
                  c == '-';
         });
}

Company GivenCompany(const v1::Customer& customer) {
  Company company;
  company.set_display_name(customer.display_name());
  company.set_country(customer.country());
  for (const auto& domain : customer.domains()) company.add_domains(domain.name());
  if (customer.has_contact()) *company.mutable_contact() = customer.contact();
  company.set_registration_number(customer.registration_number());
  return company;
}

void CheckEdge(const v1::ApplyRelationshipsRequest::Edge& edge, const std::string& path,
               FieldViolations& violations) {
  const auto require = [&](bool right, const char* field, const char* problem) {
    if (!right) violations.Add(absl::StrCat(path, field), problem);
  };
  require(request::ParseRelationshipName(edge.relationship()).has_value(), ".relationship",
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

Counted WhatIsCounted(const Principal& reader, const std::string& customer,
                      const access::Facts& facts) {
  return {access::Decide(reader, {access::SubscriptionView(), customer}, facts).allowed,
          access::Decide(reader, {access::UserView(), customer}, facts).allowed};
}

void Complete(const Principal& reader, const std::vector<Grant>& grants, const Counts& counts,
              v1::Customer& customer) {
  if (reader.family == AccountFamily::kCustomer && !reader.HasRole(kGlobalAdmin)) {
    Hide("grants", kNotOfBilling, customer);
  } else {
    for (const Grant& grant : grants) customer.add_grants(grant.name());
  }
  if (reader.family != AccountFamily::kPartner) {
    for (const char* field : {"channel", "labels", "correlation_id"}) {
      Hide(field, kPartnersOwn, customer);
    }
  }
  if (counts.subscriptions) {
    customer.set_subscription_count(*counts.subscriptions);
  } else {
    Hide("subscription_count", reader.IsOperator() ? kNotOfOperators : kNoSubscriptions, customer);
  }
  if (counts.users) {
    customer.set_user_count(*counts.users);
  } else {
    Hide("user_count", WhyNoUsers(reader), customer);
  }
}

void CheckCreationShape(const v1::CreateCustomerRequest& request, FieldViolations& violations) {
  const v1::Customer& customer = request.customer();
  if (!request.customer_id().empty() && !validation::IsAccountId(request.customer_id())) {
    violations.Add("customer_id", "is not of the form [a-z0-9][a-z0-9-]{1,61}[a-z0-9]");
  }
  request::CheckCompany(GivenCompany(customer), "customer.", violations);
  CheckOwn(customer.labels(), customer.correlation_id(), customer.channel(), "customer.",
           violations);
}

Company CompanyOf(const v1::Customer& customer) {
  return request::Normalise(GivenCompany(customer));
}

absl::Status CheckActive(const std::optional<Partner>& partner) {
  if (partner && partner->state() == Partner::ACTIVE) return absl::OkStatus();
  return Refusal(common::v1::PARTNER_SUSPENDED, "The partner is suspended, or not enrolled.");
}

absl::Status CheckCreator(const std::optional<Partner>& partner, const std::string& customer,
                          bool same_region) {
  PARTNERLINK_RETURN_IF_ERROR(CheckActive(partner));
  if (partner->name().substr(partner->name().find('/')) == customer.substr(customer.find('/'))) {
    return Refusal(common::v1::SELF_RELATIONSHIP, "A partner cannot be its own customer.");
  }
  if (!same_region) {
    return Refusal(common::v1::REGION, "Partner and customer are in different regions.");
  }
  return absl::OkStatus();
}

absl::Status CustomerExists() {
  return Refusal(common::v1::CUSTOMER_EXISTS, "There is a customer with this id.");
}

EstablishRelationshipsRequest OrderFor(const Partner& partner, const v1::Customer& customer,
                                       const v1::CreateCustomerRequest& request,
                                       const std::string& actor, const std::string& root_event) {
  const auto& types = partner.types();
  const bool resells = std::find(types.begin(), types.end(), Partner::RESELLER) != types.end();
  EstablishRelationshipsRequest order;
  order.set_source(customer.name());
  order.set_origin(Relationship::CREATED);
  order.set_customer(customer.name());
  *order.mutable_company() = CompanyOf(customer);
  auto& edge = *order.add_edges();
  edge.set_type(resells ? Relationship::RESELLER : Relationship::PROVIDER);
  edge.set_partner(partner.name());
  if (resells && !request.relationship_only()) {
    order.mutable_grant()->set_partner(partner.name());
    *order.mutable_grant()->mutable_roles() = access::DefaultGrantRoles();
  }
  order.set_channel(request.customer().channel());
  order.set_actor(actor);
  order.set_root_event(root_event);
  return order;
}

void CheckKey(const v1::CheckCustomerExistsRequest& request, FieldViolations& violations) {
  using Request = v1::CheckCustomerExistsRequest;
  switch (request.key_case()) {
    case Request::kCustomer:
      if (!request::IsAccountName(request.customer(), "customers")) {
        violations.Add("customer", "is not of the form customers/{id}");
      }
      break;
    case Request::kDomain:
      if (!validation::NormaliseDomain(request.domain())) {
        violations.Add("domain", "is not an internet domain");
      }
      break;
    case Request::kRegistrationNumber:
      if (const std::string problem = validation::TextProblem(request.registration_number(), 1,
                                                              kMostRegistrationCharacters);
          !problem.empty()) {
        violations.Add("registration_number", problem);
      }
      break;
    case Request::KEY_NOT_SET:
      violations.Add("customer", "is required, or domain, or registration_number");
  }
  if (request.country().empty()) return;
  if (request.key_case() != Request::kRegistrationNumber) {
    violations.Add("country", "goes only with registration_number");
  } else if (!validation::IsCountryCode(request.country())) {
    violations.Add("country", "is not an ISO 3166-1 alpha-2 code in upper case");
  }
}

CompanyKey KeyOf(const v1::CheckCustomerExistsRequest& request) {
  using Request = v1::CheckCustomerExistsRequest;
  switch (request.key_case()) {
    case Request::kDomain:
      return {"domain", validation::NormaliseDomain(request.domain()).value_or(""), ""};
    case Request::kRegistrationNumber:
      return {"registration_number", request.registration_number(), request.country()};
    default:
      return {"customer", request.customer(), ""};
  }
}

v1::CheckCustomerExistsResponse::Existence ExistenceOf(bool is_own, bool is_of_partner) {
  if (is_own) return v1::CheckCustomerExistsResponse::YOURS;
  return is_of_partner ? v1::CheckCustomerExistsResponse::VIA_PARTNER
                       : v1::CheckCustomerExistsResponse::UNKNOWN;
}

bool Writes(const FieldMask& paths, std::string_view field) {
  return std::any_of(paths.paths().begin(), paths.paths().end(), [&](const std::string& path) {
    return std::string_view(path).substr(0, path.find('.')) == field;
  });
}

void CheckEditShape(const FieldMask& paths, const v1::Customer& customer,
                    FieldViolations& violations) {
  // What is written goes into a customer that nothing is wrong with.
  v1::Customer written;
  written.set_display_name("-");
  written.set_country("PL");
  request::WritePaths(paths, customer, written);
  request::CheckCompany(GivenCompany(written), "customer.", violations);
}

v1::Customer Edited(const FieldMask& paths, const v1::Customer& asked, const v1::Customer& before,
                    bool is_operator) {
  v1::Customer after = before;
  request::WritePaths(paths, asked, after);
  const Company company = CompanyOf(after);
  if (after.has_contact()) *after.mutable_contact() = company.contact();
  if (after.contact().ByteSizeLong() == 0) after.clear_contact();
  if (!Writes(paths, "domains")) return after;
  std::set<std::string> verified;
  for (const auto& domain : is_operator ? asked.domains() : before.domains()) {
    if (!domain.verified()) continue;
    verified.insert(validation::NormaliseDomain(domain.name()).value_or(""));
  }
  after.clear_domains();
  // In the order in which they are kept.
  for (const std::string& name :
       std::set<std::string>(company.domains().begin(), company.domains().end())) {
    v1::Customer::Domain& domain = *after.add_domains();
    domain.set_name(name);
    domain.set_verified(verified.contains(name));
  }
  return after;
}

absl::Status CheckDropped(const Principal& caller, const v1::Customer& before,
                          const v1::Customer& after) {
  if (caller.IsOperator() || caller.account == before.name()) return absl::OkStatus();
  std::set<std::string_view> kept;
  for (const auto& domain : after.domains()) kept.insert(domain.name());
  FieldViolations violations;
  for (const auto& domain : before.domains()) {
    if (domain.verified() && !kept.contains(domain.name())) {
      violations.Add("customer.domains",
                     absl::StrCat("must hold ", domain.name(),
                                  ", which is verified: only the customer and operators drop it"));
    }
  }
  return violations.ToStatus();
}

std::vector<std::string> NewlyVerified(const v1::Customer& before, const v1::Customer& after) {
  std::set<std::string> known;
  for (const auto& domain : before.domains()) {
    if (domain.verified()) known.insert(domain.name());
  }
  std::vector<std::string> names;
  for (const auto& domain : after.domains()) {
    if (domain.verified() && !known.contains(domain.name())) names.push_back(domain.name());
  }
  return names;
}

absl::Status DomainVerified(const std::string& domain) {
  return Refusal(common::v1::DOMAIN_VERIFIED, "Another customer has the domain verified.",
                 {{"domain", domain}});
}

v1::Customer CompanyAlone(v1::Customer customer) {
  customer.clear_channel();
  customer.clear_labels();
  customer.clear_correlation_id();
  customer.clear_edges();
  // It counts the changes of what a partner keeps, too.
  customer.clear_etag();
  return customer;
}

std::optional<ListedName> ParseListedName(std::string_view name) {
  const size_t at = name.find("/customers/");
  if (at == std::string_view::npos) return std::nullopt;
  ListedName parts{std::string(name.substr(0, at)), std::string(name.substr(at + 1))};
  if (!request::IsAccountName(parts.partner, "partners") ||
      !request::IsAccountName(parts.customer, "customers")) {
    return std::nullopt;
  }
  return parts;
}

void CheckOwn(const google::protobuf::Map<std::string, std::string>& labels,
              std::string_view correlation_id, Channel channel, std::string_view path,
              FieldViolations& violations) {
  const auto check = [&](const char* field, const std::string& problem) {
    if (!problem.empty()) violations.Add(absl::StrCat(std::string(path), field), problem);
  };
  if (labels.size() > kMostLabels) check("labels", "are more than 64");
  for (const auto& [key, value] : labels) {
    if (!IsLabelKey(key)) {
      check("labels", "hold a key that is not 1 to 63 of [a-z0-9_.-]");
      break;
    }
    if (const std::string problem = validation::TextProblem(value, 0, kMostLabelCharacters);
        !problem.empty()) {
      check("labels", problem);
      break;
    }
  }
  check("correlation_id", validation::TextProblem(correlation_id, 0, kMostCorrelationCharacters));
  if (!common::v1::Channel_IsValid(channel)) check("channel", "is not a known channel");
}

void WriteOwn(const google::protobuf::FieldMask& paths, const v1::SetCustomerLabelsRequest& request,
              v1::Customer& customer) {
  for (const std::string& path : paths.paths()) {
    if (path == "labels") *customer.mutable_labels() = request.labels();
    if (path == "correlation_id") customer.set_correlation_id(request.correlation_id());
    if (path == "channel") customer.set_channel(request.channel());
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
  if (request.has_company()) CheckNormal(request.company(), violations);
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
