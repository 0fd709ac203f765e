// Answers to one call that come one after the other.
#pragma once

#include <functional>
#include <optional>

#include "absl/status/statusor.h"
#include "common/context/call_context.h"

namespace partnerlink {

// Makes the next answer; none behind the last. It is asked when the answer before is on its way,
// each time with a deadline of its own, so that however many there are one at a time is in memory.
// A refusal ends the series; what was answered before stands. Never asked by two threads at once.
template <typename Response>
using Series = std::function<absl::StatusOr<std::optional<Response>>(const CallContext&)>;

}  // namespace partnerlink
