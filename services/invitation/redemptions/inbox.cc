#include "services/invitation/redemptions/inbox.h"

#include "absl/strings/str_cat.h"
#include "common/request/request.h"
#include "services/invitation/invitations/rules.h"

namespace partnerlink::invitation::redemptions {

std::string ReceivedName(const std::string& customer, const std::string& id) {
  return absl::StrCat(customer, "/receivedInvitations/", id);
}

void CheckReceivedName(std::string_view name, FieldViolations& violations) {
  if (!request::ParseChildName(name, "customers", "receivedInvitations")) {
    violations.Add("name", "is not of the form customers/{id}/receivedInvitations/{uuid}");
  }
}

Addressee AddresseeOf(postgres::Transaction& transaction, const Principal& principal) {
  Addressee addressee{principal.account, FindVerifiedDomains(transaction, principal.account), ""};
  if (principal.email_verified) addressee.email_key = invitations::EmailKeyOf(principal.email);
  return addressee;
}

}  // namespace partnerlink::invitation::redemptions
