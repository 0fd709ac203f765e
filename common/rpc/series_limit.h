// How many series go on at once. A series is admitted once and comes back for each further answer,
// past the queue's bound: so their number is bounded instead, and unary calls keep their workers.
#pragma once

#include <string>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace partnerlink::rpc {

class SeriesLimit {
 public:
  // At most 2 of an account; of all half as many as there are workers, one at least.
  explicit SeriesLimit(int workers);

  // RATE_LIMITED or OVERLOADED where there is no room. Otherwise Leave is called, once.
  absl::Status Enter(const std::string& account);
  void Leave(const std::string& account);

 private:
  const int most_;
  absl::Mutex mutex_;
  int going_on_ ABSL_GUARDED_BY(mutex_) = 0;
  std::unordered_map<std::string, int> of_account_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace partnerlink::rpc
