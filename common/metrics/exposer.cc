#include "common/metrics/exposer.h"

#include <exception>
#include <thread>
#include <utility>

#include "common/metrics/metrics.h"

namespace partnerlink::metrics {

absl::StatusOr<std::unique_ptr<Exposer>> Exposer::Start(const std::string& address) {
  try {
    return std::unique_ptr<Exposer>(new Exposer(address));
  } catch (const std::exception&) {
    return absl::UnavailableError("cannot listen on " + address + " for metrics");
  }
}

Exposer::Exposer(const std::string& address)
    : exposer_(std::make_unique<prometheus::Exposer>(address, /*num_threads=*/2)),
      port_(exposer_->GetListeningPorts().front()) {
  exposer_->RegisterCollectable(Registry());
}

// Its HTTP server looks every two seconds whether it is to stop: an end of the process need not
// wait for that.
Exposer::~Exposer() {
  std::thread([exposer = std::move(exposer_)] {}).detach();
}

}  // namespace partnerlink::metrics
