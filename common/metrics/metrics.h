// The metrics that all services share. One registry per process. Getting a metric looks it up under
// a lock: get it once and keep the reference, it is good until the process ends. Changing a metric
// is cheap and may be done from any thread.
#pragma once

#include <array>
#include <memory>
#include <string_view>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "prometheus/counter.h"
#include "prometheus/gauge.h"
#include "prometheus/histogram.h"
#include "prometheus/registry.h"

namespace partnerlink::metrics {

using Counter = prometheus::Counter;
using Gauge = prometheus::Gauge;

const std::shared_ptr<prometheus::Registry>& Registry();

// A pool of workers, such as `public`: how many there are, how many work, how many calls wait.
Gauge& Workers(std::string_view pool);
Gauge& WorkersBusy(std::string_view pool);
Gauge& QueueLength(std::string_view pool);

// Connections to PostgreSQL of a login; `state` is `idle` or `busy`.
Gauge& PostgresConnections(std::string_view login, std::string_view state);

// The relay to a target, such as `relationship`.
Counter& OutboxDelivered(std::string_view target);
Counter& OutboxFailed(std::string_view target);
Gauge& OutboxOldestUndeliveredSeconds(std::string_view target);

// `process_start_time_seconds` (now) and `partnerlink_build_info`. Call at start.
void DescribeProcess(std::string_view service);

// Of a method, as the label `grpc_type`.
enum class MethodType { kUnary, kClientStream, kServerStream, kBidiStream };

// The counters of one method under the names that go-grpc-prometheus has made usual. All codes are
// there from the start, at 0.
class MethodMetrics {
 public:
  // `service` with its package, `method` its bare name.
  MethodMetrics(MethodType type, std::string_view service, std::string_view method);

  // A call has come in.
  void Started();
  // It has ended. A code beyond the 17 of gRPC counts as Unknown.
  void Handled(absl::StatusCode code, absl::Duration duration);

 private:
  static constexpr size_t kCodes = 17;

  Counter& started_;
  prometheus::Histogram& seconds_;
  std::array<Counter*, kCodes> handled_;
};

}  // namespace partnerlink::metrics
