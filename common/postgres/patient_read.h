// A read that waits for a database that is away for a moment, as long as its call has time.
#pragma once

#include <functional>

#include "absl/status/statusor.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/context/call_context.h"
#include "common/postgres/transact.h"
#include "common/status/status.h"

namespace partnerlink::postgres {

inline constexpr absl::Duration kReadAgain = absl::Milliseconds(250);

// Whether a read that was refused so may go well when it is done again.
inline bool IsPassing(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  return reason == common::v1::DEPENDENCY_UNAVAILABLE || reason == common::v1::CONFLICT;
}

// As Read, again and again while what refuses it passes. Holds its worker meanwhile: for calls that
// are few and have come far.
template <typename Result>
absl::StatusOr<Result> ReadPatiently(
    Pool& pool, const CallContext& context,
    const std::function<absl::StatusOr<Result>(Transaction&)>& body) {
  while (true) {
    absl::StatusOr<Result> result = Read<Result>(pool, context, body);
    if (result.ok() || !IsPassing(result.status())) return result;
    if (absl::Now() + kReadAgain >= context.deadline) return result;
    absl::SleepFor(kReadAgain);
  }
}

}  // namespace partnerlink::postgres
