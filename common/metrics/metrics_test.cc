#include "common/metrics/metrics.h"

#include <string>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "prometheus/text_serializer.h"

namespace partnerlink::metrics {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Scraped() { return prometheus::TextSerializer().Serialize(Registry()->Collect()); }

TEST(MethodMetricsTest, EveryCodeIsThereFromTheStart) {
  MethodMetrics metrics(MethodType::kUnary, "a.v1.Fresh", "Get");
  const std::string text = Scraped();
  for (const char* code : {"OK", "Canceled", "Unknown", "InvalidArgument", "Unauthenticated"}) {
    EXPECT_THAT(text, HasSubstr(std::string("grpc_server_handled_total{grpc_code=\"") + code +
                                "\",grpc_method=\"Get\",grpc_service=\"a.v1.Fresh\",grpc_type="
                                "\"unary\"} 0"));
  }
}

TEST(MethodMetricsTest, CallsAreCountedByCode) {
  MethodMetrics metrics(MethodType::kServerStream, "a.v1.Counted", "Watch");
  metrics.Started();
  metrics.Started();
  metrics.Handled(absl::StatusCode::kNotFound, absl::Milliseconds(2));
  metrics.Handled(static_cast<absl::StatusCode>(99), absl::Milliseconds(200));
  const std::string text = Scraped();
  const std::string labels =
      "grpc_method=\"Watch\",grpc_service=\"a.v1.Counted\",grpc_type=\"server_stream\"";
  EXPECT_THAT(text, HasSubstr("grpc_server_started_total{" + labels + "} 2"));
  EXPECT_THAT(text,
              HasSubstr("grpc_server_handled_total{grpc_code=\"NotFound\"," + labels + "} 1"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handled_total{grpc_code=\"Unknown\"," + labels + "} 1"));
  EXPECT_THAT(text, HasSubstr("grpc_server_handling_seconds_count{" + labels + "} 2"));
  EXPECT_THAT(text,
              HasSubstr("grpc_server_handling_seconds_bucket{" + labels + ",le=\"0.0025\"} 1"));
}

TEST(MetricsTest, TheSameLabelsAreTheSameMetric) {
  Workers("public").Set(8);
  EXPECT_EQ(&Workers("public"), &Workers("public"));
  EXPECT_NE(&Workers("public"), &Workers("peer"));
  EXPECT_THAT(Scraped(), HasSubstr("partnerlink_workers{pool=\"public\"} 8"));
}

TEST(MetricsTest, TheProcessIsDescribed) {
  EXPECT_THAT(Scraped(), Not(HasSubstr("partnerlink_build_info")));
  DescribeProcess("invitation");
  EXPECT_THAT(Scraped(), HasSubstr("service=\"invitation\"} 1"));
  EXPECT_THAT(Scraped(), HasSubstr("process_start_time_seconds 1"));
}

}  // namespace
}  // namespace partnerlink::metrics
