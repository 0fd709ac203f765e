// Calls as the adapter would make them, for handlers that are called directly.
#pragma once

#include <string>
#include <vector>

#include "common/context/call_context.h"

namespace partnerlink::support {

// A call and what it leaves behind. Stays where it was made: the context points into it.
struct TestCall {
  TestCall(std::string method, Principal principal, std::string peer = "");
  TestCall(const TestCall&) = delete;
  TestCall& operator=(const TestCall&) = delete;

  CallOutcome outcome;
  CallContext context;
};

// Of a person with this account, `partners/{id}`, `customers/{id}` or `operators`. The mail address
// is a verified one unless empty.
Principal PrincipalOf(const std::string& account, std::vector<std::string> roles,
                      const std::string& subject = "anna", const std::string& email = "");

}  // namespace partnerlink::support
