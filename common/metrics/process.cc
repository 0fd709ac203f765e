#include <string>

#include "absl/time/clock.h"
#include "common/metrics/metrics.h"

namespace partnerlink::metrics {

void DescribeProcess(std::string_view service) {
  prometheus::BuildGauge()
      .Name("process_start_time_seconds")
      .Help("When the process has started, in seconds since 1970.")
      .Register(*Registry())
      .Add({})
      .Set(absl::ToDoubleSeconds(absl::Now() - absl::UnixEpoch()));
  prometheus::BuildGauge()
      .Name("partnerlink_build_info")
      .Help("Always 1; the labels say what runs.")
      .Register(*Registry())
      .Add({{"service", std::string(service)},
            {"revision", PARTNERLINK_REVISION},
            {"compiler", __VERSION__}})
      .Set(1);
}

}  // namespace partnerlink::metrics
