#include "tests/bench/new_customers.h"

#include "absl/strings/str_cat.h"

namespace partnerlink::bench {

void FillNewCustomer(uint64_t number, directory::v1::Customer& customer) {
  customer.set_display_name(absl::StrCat("New customer ", number));
  customer.set_country("DE");
  customer.add_domains()->set_name(absl::StrCat("new", number, ".example"));
  customer.mutable_contact()->set_display_name("Anna Example");
  customer.mutable_contact()->set_email_address(absl::StrCat("anna@new", number, ".example"));
  customer.set_registration_number(absl::StrCat("HRB ", number));
  customer.set_channel(common::v1::OWN_MARKETING);
  (*customer.mutable_labels())["tier"] = "gold";
  customer.set_correlation_id(absl::StrCat("crm-", number));
}

void FillFirstAdmin(uint64_t number, directory::v1::User& admin) {
  admin.set_user_principal_name(absl::StrCat("admin@new", number, ".example"));
  admin.set_given_name("Anna");
  admin.set_family_name("Example");
  admin.set_display_name("Anna Example");
}

}  // namespace partnerlink::bench
