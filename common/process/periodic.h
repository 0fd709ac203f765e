// Work that a process does again and again beside its calls: sweeps, purges.
#pragma once

#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace partnerlink::process {

// Runs `work` on a thread of its own, first at once and then `interval` after its last end. A
// failure is logged as event `work_failed`, once until the work succeeds again, and tried again.
// The destructor waits for the run under way.
class Periodic {
 public:
  Periodic(std::string name, absl::Duration interval, std::function<absl::Status()> work);
  ~Periodic();

 private:
  void Run();

  const std::string name_;
  const absl::Duration interval_;
  const std::function<absl::Status()> work_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace partnerlink::process
