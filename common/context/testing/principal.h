// Who calls, in tests.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/context/call_context.h"

namespace partnerlink::support {

// A person with this account, `partners/{id}`, `customers/{id}` or `operators`. The mail address is
// a verified one unless empty.
inline Principal PrincipalOf(const std::string& account, std::vector<std::string> roles,
                             const std::string& subject = "anna", const std::string& email = "") {
  Principal principal;
  principal.subject = subject;
  principal.account = account;
  principal.family = account == kOperators              ? AccountFamily::kOperator
                     : account.starts_with("partners/") ? AccountFamily::kPartner
                                                        : AccountFamily::kCustomer;
  principal.roles = std::move(roles);
  principal.email = email;
  principal.email_verified = !email.empty();
  return principal;
}

}  // namespace partnerlink::support
