#include "common/metrics/exposer.h"

#include <exception>

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
    : exposer_(address, /*num_threads=*/2), port_(exposer_.GetListeningPorts().front()) {
  exposer_.RegisterCollectable(Registry());
}

}  // namespace partnerlink::metrics
