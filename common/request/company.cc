#include "common/request/company.h"

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "common/validation/domain.h"
#include "common/validation/email_address.h"
#include "common/validation/text.h"

namespace partnerlink::request {
namespace {

constexpr int kMostDomains = 50;

}  // namespace

void CheckCompany(const common::v1::Company& company, std::string_view path,
                  FieldViolations& violations) {
  const auto check = [&](const char* field, const std::string& problem) {
    if (!problem.empty()) violations.Add(absl::StrCat(std::string(path), field), problem);
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
  const common::v1::Contact& contact = company.contact();
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
  if (const auto address = validation::NormaliseEmailAddress(company.contact().email_address())) {
    result.mutable_contact()->set_email_address(*address);
  }
  return result;
}

}  // namespace partnerlink::request
