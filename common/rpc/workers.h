// A fixed number of threads behind a bounded queue: what runs here may block on the database. As
// many workers as connections; a full queue refuses at once instead of growing.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "common/metrics/metrics.h"

namespace partnerlink::rpc {

class Workers {
 public:
  // `name` labels the gauges. The queue holds 4 tasks per worker.
  Workers(const std::string& name, int count);
  // Runs what is queued, then ends the threads.
  ~Workers();

  // False if the queue is full: the task will not run.
  bool TryRun(std::function<void()> task);

  // For a call that was admitted before and comes back: never refused.
  void Run(std::function<void()> task);

 private:
  void Work();
  // One function for all workers: the mutex asks it once for all that wait for it.
  bool HasWork() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    return stopping_ || !queue_.empty();
  }
  void Push(std::function<void()> task) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t most_queued_;
  metrics::Gauge& busy_;
  metrics::Gauge& queued_;
  absl::Mutex mutex_;
  std::deque<std::function<void()>> queue_ ABSL_GUARDED_BY(mutex_);
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  std::vector<std::thread> threads_;
};

}  // namespace partnerlink::rpc
