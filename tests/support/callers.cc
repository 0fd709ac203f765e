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

}  // namespace partnerlink::support
