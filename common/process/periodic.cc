#include "common/process/periodic.h"

#include <utility>

#include "common/log/log.h"

namespace partnerlink::process {

Periodic::Periodic(std::string name, absl::Duration interval, std::function<absl::Status()> work)
    : name_(std::move(name)), interval_(interval), work_(std::move(work)) {
  thread_ = std::thread([this] { Run(); });
}

Periodic::~Periodic() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  thread_.join();
}

void Periodic::Run() {
  bool failed_before = false;
  while (true) {
    const absl::Status status = work_();
    if (!status.ok() && !failed_before) {
      log::Error("work_failed", {{"work", name_}, {"detail", std::string(status.message())}});
    }
    failed_before = !status.ok();
    absl::MutexLock lock(&mutex_);
    if (mutex_.AwaitWithTimeout(absl::Condition(&stopping_), interval_)) return;
  }
}

}  // namespace partnerlink::process
