// Serves the registry to Prometheus: plain HTTP, `GET /metrics`. For loopback or the operations
// network only.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "prometheus/exposer.h"

namespace partnerlink::metrics {

class Exposer {
 public:
  // `address` is `{IP address}:{port}`; port 0 takes a free one. UNAVAILABLE, naming the address,
  // if it cannot be listened on. Destroying it returns at once; it stops
  // serving within two seconds.
  static absl::StatusOr<std::unique_ptr<Exposer>> Start(const std::string& address);

  ~Exposer();

  int port() const { return port_; }

 private:
  explicit Exposer(const std::string& address);

  std::unique_ptr<prometheus::Exposer> exposer_;
  int port_;
};

}  // namespace partnerlink::metrics
