#include "tests/support/callers.h"

#include <utility>

#include "absl/time/clock.h"
#include "common/identifier/uuid.h"

namespace partnerlink::support {

TestCall::TestCall(std::string method, Principal principal, std::string peer) {
  context.method = std::move(method);
  context.principal = std::move(principal);
  context.peer = std::move(peer);
  context.request_id = NewUuid();
  context.deadline = absl::Now() + absl::Seconds(10);
  context.outcome = &outcome;
}

Principal PrincipalOf(const std::string& account, std::vector<std::string> roles,
                      const std::string& subject, const std::string& email) {
  Principal principal;
  principal.subject = subject;
  principal.account = account;
  principal.family = account == kOperators                ? AccountFamily::kOperator
                     : account.rfind("partners/", 0) == 0 ? AccountFamily::kPartner
                                                          : AccountFamily::kCustomer;
  principal.roles = std::move(roles);
  principal.email = email;
  principal.email_verified = !email.empty();
  return principal;
}

}  // namespace partnerlink::support
