#include "common/rpc/workers.h"

#include <utility>

namespace partnerlink::rpc {

Workers::Workers(const std::string& name, int count)
    : most_queued_(static_cast<size_t>(count) * 4),
      busy_(metrics::WorkersBusy(name)),
      queued_(metrics::QueueLength(name)) {
  metrics::Workers(name).Set(count);
  for (int i = 0; i < count; ++i) {
    threads_.emplace_back([this] { Work(); });
  }
}

Workers::~Workers() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (std::thread& thread : threads_) thread.join();
}

bool Workers::TryRun(std::function<void()> task) {
  absl::MutexLock lock(&mutex_);
  if (queue_.size() >= most_queued_) return false;
  Push(std::move(task));
  return true;
}

void Workers::Run(std::function<void()> task) {
  absl::MutexLock lock(&mutex_);
  Push(std::move(task));
}

void Workers::Push(std::function<void()> task) {
  queue_.push_back(std::move(task));
  queued_.Set(static_cast<double>(queue_.size()));
}

void Workers::Work() {
  while (true) {
    std::function<void()> task;
    {
      absl::MutexLock lock(&mutex_);
      mutex_.Await(absl::Condition(this, &Workers::HasWork));
      if (queue_.empty()) return;
      task = std::move(queue_.front());
      queue_.pop_front();
      queued_.Set(static_cast<double>(queue_.size()));
    }
    busy_.Increment();
    task();
    busy_.Decrement();
  }
}

}  // namespace partnerlink::rpc
