#include "common/metrics/metrics.h"

#include <string>

namespace partnerlink::metrics {
namespace {

using prometheus::Family;
using prometheus::Histogram;
using prometheus::Labels;

// By number of the code; spelled as in Go, which the usual dashboards expect.
constexpr std::array<const char*, 17> kCodeNames = {
    "OK",       "Canceled",       "Unknown",          "InvalidArgument",   "DeadlineExceeded",
    "NotFound", "AlreadyExists",  "PermissionDenied", "ResourceExhausted", "FailedPrecondition",
    "Aborted",  "OutOfRange",     "Unimplemented",    "Internal",          "Unavailable",
    "DataLoss", "Unauthenticated"};

// Prometheus' usual ones, and finer ones below: most calls take less than 5 ms.
const Histogram::BucketBoundaries kSeconds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05,
                                              0.1,    0.25,  0.5,    1,     2.5,  5,     10};

const char* NameOf(MethodType type) {
  switch (type) {
    case MethodType::kUnary:
      return "unary";
    case MethodType::kClientStream:
      return "client_stream";
    case MethodType::kServerStream:
      return "server_stream";
    case MethodType::kBidiStream:
      return "bidi_stream";
  }
  return "";
}

Family<Counter>& Counters(const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*Registry());
}

Family<Gauge>& Gauges(const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(*Registry());
}

Labels LabelsOf(MethodType type, std::string_view service, std::string_view method) {
  return {{"grpc_type", NameOf(type)},
          {"grpc_service", std::string(service)},
          {"grpc_method", std::string(method)}};
}

Counter& StartedCounter(const Labels& labels) {
  static Family<Counter>& family =
      Counters("grpc_server_started_total", "Calls that have come in.");
  return family.Add(labels);
}

Counter& HandledCounter(Labels labels, size_t code) {
  static Family<Counter>& family =
      Counters("grpc_server_handled_total", "Calls that have ended, by their code.");
  labels["grpc_code"] = kCodeNames[code];
  return family.Add(labels);
}

Histogram& HandlingSeconds(const Labels& labels) {
  static Family<Histogram>& family = prometheus::BuildHistogram()
                                         .Name("grpc_server_handling_seconds")
                                         .Help("Time from a call's coming in to its end.")
                                         .Register(*Registry());
  return family.Add(labels, kSeconds);
}

}  // namespace

const std::shared_ptr<prometheus::Registry>& Registry() {
  // Never deleted: other threads may still count while the process ends.
  static const auto& registry =
      *new std::shared_ptr<prometheus::Registry>(std::make_shared<prometheus::Registry>());
  return registry;
}

Gauge& Workers(std::string_view pool) {
  static Family<Gauge>& family = Gauges("partnerlink_workers", "Workers of a pool.");
  return family.Add({{"pool", std::string(pool)}});
}

Gauge& WorkersBusy(std::string_view pool) {
  static Family<Gauge>& family = Gauges("partnerlink_workers_busy", "Workers that work on a call.");
  return family.Add({{"pool", std::string(pool)}});
}

Gauge& QueueLength(std::string_view pool) {
  static Family<Gauge>& family =
      Gauges("partnerlink_queue_length", "Calls that wait for a worker of a pool.");
  return family.Add({{"pool", std::string(pool)}});
}

Gauge& PostgresConnections(std::string_view login, std::string_view state) {
  static Family<Gauge>& family =
      Gauges("partnerlink_postgres_connections", "Connections to PostgreSQL of a login.");
  return family.Add({{"login", std::string(login)}, {"state", std::string(state)}});
}

Counter& OutboxDelivered(std::string_view target) {
  static Family<Counter>& family =
      Counters("partnerlink_outbox_delivered_total", "Outbox rows that a target has taken.");
  return family.Add({{"target", std::string(target)}});
}

Counter& OutboxFailed(std::string_view target) {
  static Family<Counter>& family = Counters("partnerlink_outbox_failed_total",
                                            "Attempts to deliver outbox rows that have failed.");
  return family.Add({{"target", std::string(target)}});
}

Gauge& OutboxOldestUndeliveredSeconds(std::string_view target) {
  static Family<Gauge>& family =
      Gauges("partnerlink_outbox_oldest_undelivered_seconds",
             "Age of the oldest outbox row that a target has not taken; 0 without one.");
  return family.Add({{"target", std::string(target)}});
}

MethodMetrics::MethodMetrics(MethodType type, std::string_view service, std::string_view method)
    : started_(StartedCounter(LabelsOf(type, service, method))),
      seconds_(HandlingSeconds(LabelsOf(type, service, method))) {
  for (size_t code = 0; code < kCodes; ++code) {
    handled_[code] = &HandledCounter(LabelsOf(type, service, method), code);
  }
}

void MethodMetrics::Started() { started_.Increment(); }

void MethodMetrics::Handled(absl::StatusCode code, absl::Duration duration) {
  const auto number = static_cast<size_t>(code);
  constexpr auto kUnknown = static_cast<size_t>(absl::StatusCode::kUnknown);
  handled_[number < kCodes ? number : kUnknown]->Increment();
  seconds_.Observe(absl::ToDoubleSeconds(duration));
}

}  // namespace partnerlink::metrics
