// How often one account may call: a token bucket per account and class of method.
#pragma once

#include <string>
#include <unordered_map>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace partnerlink::rpc {

enum class MethodClass { kRead, kMutation };

class RateLimit {
 public:
  // Calls per second and account; twice as many may come in a burst.
  RateLimit(double reads, double mutations);

  // RATE_LIMITED with the time after which a call fits again.
  absl::Status Take(const std::string& account, MethodClass method_class, absl::Time now);

 private:
  struct Bucket {
    double tokens;
    absl::Time filled;
  };
  struct Class {
    double rate;
    std::unordered_map<std::string, Bucket> buckets;
  };

  absl::Mutex mutex_;
  Class reads_ ABSL_GUARDED_BY(mutex_);
  Class mutations_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace partnerlink::rpc
