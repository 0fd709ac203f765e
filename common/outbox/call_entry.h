// The audit's entries of calls that changed nothing: refused ones, and what operators looked at.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/context/call_context.h"
#include "common/postgres/pool.h"

namespace partnerlink::outbox {

// One entry on one account. The rest of it is in the call's context.
struct CallEntry {
  std::string account;   // whose entry it is: `partners/contoso`, or `operators`
  std::string resource;  // what the call named; the account where it named nothing
  std::string refusal;   // the ErrorReason's name; empty: the call was answered

  friend bool operator==(const CallEntry&, const CallEntry&) = default;
};

// Writes them in a transaction of their own, within a second. A suspended account's, too.
absl::Status RecordCall(postgres::Pool& pool, const CallContext& context,
                        const std::vector<CallEntry>& entries);

}  // namespace partnerlink::outbox
