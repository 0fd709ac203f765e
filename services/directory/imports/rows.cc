#include "services/directory/imports/rows.h"

#include "common/request/request.h"
#include "services/directory/customers/rules.h"
#include "services/directory/users/rules.h"

namespace partnerlink::directory::imports {

using v1::ImportCustomersRequest;

absl::Status CheckRow(const ImportCustomersRequest::Row& row) {
  FieldViolations violations;
  const v1::Customer& customer = row.customer();
  if (!customer.name().empty() && !request::IsAccountName(customer.name(), "customers")) {
    violations.Add("customer.name", "is not of the form customers/{id}");
  }
  v1::CreateCustomerRequest creation;
  *creation.mutable_customer() = customer;
  customers::CheckCreationShape(creation, violations);
  if (row.has_initial_admin()) {
    users::CheckShape(row.initial_admin(), "initial_admin.", violations);
  }
  return violations.ToStatus();
}

Creation CreationOf(const ImportCustomersRequest::Row& row, int64_t position,
                    const std::string& made_name) {
  const v1::Customer& given = row.customer();
  Creation creation;
  creation.position = position;
  creation.is_named = !given.name().empty();
  creation.name = creation.is_named ? given.name() : made_name;
  const common::v1::Company company = customers::CompanyOf(given);
  v1::Customer& customer = creation.customer;
  customer.set_name(creation.name);
  customer.set_display_name(company.display_name());
  customer.set_country(company.country());
  for (const std::string& domain : company.domains()) customer.add_domains()->set_name(domain);
  if (company.contact().ByteSizeLong() > 0) *customer.mutable_contact() = company.contact();
  customer.set_registration_number(company.registration_number());
  customer.set_channel(given.channel());
  *customer.mutable_labels() = given.labels();
  customer.set_correlation_id(given.correlation_id());
  if (row.has_initial_admin()) creation.initial_admin = users::Normalise(row.initial_admin());
  creation.relationship_only = row.relationship_only();
  return creation;
}

}  // namespace partnerlink::directory::imports
