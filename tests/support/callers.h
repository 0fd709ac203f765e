// Calls as the adapter would make them, for handlers that are called directly.
#pragma once

#include <string>

#include "common/context/call_context.h"
#include "common/context/testing/principal.h"

namespace partnerlink::support {

// A call and what it leaves behind. Stays where it was made: the context points into it.
struct TestCall {
  TestCall(std::string method, Principal principal, std::string peer = "");
  TestCall(const TestCall&) = delete;
  TestCall& operator=(const TestCall&) = delete;

  CallOutcome outcome;
  CallContext context;
};

}  // namespace partnerlink::support
