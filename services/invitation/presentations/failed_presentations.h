// How often a caller may come with a link that is none: whoever guesses is stopped. Per process;
// only failures count.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <string>
#include <unordered_map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/context/call_context.h"

namespace partnerlink::invitation::presentations {

class FailedPresentations {
 public:
  // At most so many in any minute, at least 1.
  explicit FailedPresentations(int most) : most_(static_cast<size_t>(most)) {}

  // Begins a presentation, which is to be ended: until then it counts like a failure, so that not
  // more can fail at once either. RATE_LIMITED with QuotaFailure, and the time after which the
  // caller may try again, while too many count, whatever it comes with now.
  absl::Status Begin(const std::string& caller, absl::Time now);

  // Ends one that was none, or was a failure.
  void EndWell(const std::string& caller);
  void EndFailed(const std::string& caller, absl::Time now);

 private:
  struct Presentations {
    size_t begun = 0;                 // and not ended
    std::deque<absl::Time> failures;  // when the last `most_` were, the oldest first
  };

  // What is remembered of others, as far as it is too much.
  void ForgetOthers(const std::string& caller, absl::Time now)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t most_;
  absl::Mutex mutex_;
  std::unordered_map<std::string, Presentations> callers_ ABSL_GUARDED_BY(mutex_);
};

// Whether a handler's answer is one: no invitation has the link.
bool IsFailure(const absl::Status& status);

// Who is counted: the account, or without one the client's address, of IPv6 its /64, as whoever has
// one address there has all of them.
std::string PresenterOf(const CallContext& context);

// A handler that is asked with a link: whoever has failed too often does not reach it.
template <typename Request, typename Response>
std::function<absl::StatusOr<Response>(const CallContext&, const Request&)> Limited(
    std::shared_ptr<FailedPresentations> failed,
    std::function<absl::StatusOr<Response>(const CallContext&, const Request&)> handler) {
  return [failed = std::move(failed), handler = std::move(handler)](
             const CallContext& context, const Request& request) -> absl::StatusOr<Response> {
    const std::string caller = PresenterOf(context);
    absl::Status status = failed->Begin(caller, absl::Now());
    if (!status.ok()) return status;
    absl::StatusOr<Response> response = handler(context, request);
    if (IsFailure(response.status())) {
      failed->EndFailed(caller, absl::Now());
    } else {
      failed->EndWell(caller);
    }
    return response;
  };
}

}  // namespace partnerlink::invitation::presentations
