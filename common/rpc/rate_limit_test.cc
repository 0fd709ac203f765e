#include "common/rpc/rate_limit.h"

#include <gtest/gtest.h>

#include <string>

#include "common/status/status.h"
#include "google/rpc/error_details.pb.h"

namespace partnerlink::rpc {
namespace {

const absl::Time kNow = absl::UnixEpoch() + absl::Hours(1);

int TakeAll(RateLimit& limit, const std::string& account, MethodClass method_class,
            absl::Time now) {
  int taken = 0;
  while (taken < 10'000 && limit.Take(account, method_class, now).ok()) ++taken;
  return taken;
}

absl::Duration RetryAfter(const absl::Status& status) {
  google::rpc::RetryInfo retry;
  const auto payload = status.GetPayload("type.googleapis.com/google.rpc.RetryInfo");
  EXPECT_TRUE(payload && retry.ParseFromString(std::string(*payload)));
  return absl::Seconds(retry.retry_delay().seconds()) +
         absl::Nanoseconds(retry.retry_delay().nanos());
}

TEST(RateLimitTest, TwoSecondsWorthMayComeAtOnce) {
  RateLimit limit(500, 50);
  EXPECT_EQ(TakeAll(limit, "partners/contoso", MethodClass::kRead, kNow), 1000);
  EXPECT_EQ(TakeAll(limit, "partners/contoso", MethodClass::kMutation, kNow), 100)
      << "reads leave mutations alone";
}

TEST(RateLimitTest, AccountsDoNotTakeFromEachOther) {
  RateLimit limit(5, 5);
  EXPECT_EQ(TakeAll(limit, "partners/contoso", MethodClass::kRead, kNow), 10);
  EXPECT_EQ(TakeAll(limit, "partners/fabrikam", MethodClass::kRead, kNow), 10);
}

TEST(RateLimitTest, TheSteadyRateIsTheConfiguredOne) {
  RateLimit limit(5, 5);
  TakeAll(limit, "partners/contoso", MethodClass::kRead, kNow);
  for (int second = 1; second <= 3; ++second) {
    EXPECT_EQ(TakeAll(limit, "partners/contoso", MethodClass::kRead, kNow + absl::Seconds(second)),
              5);
  }
  EXPECT_EQ(TakeAll(limit, "partners/contoso", MethodClass::kRead, kNow + absl::Hours(1)), 10)
      << "idle time is not saved up beyond the burst";
}

TEST(RateLimitTest, TheRefusalSaysWhenTheNextCallFits) {
  RateLimit limit(4, 4);
  TakeAll(limit, "partners/contoso", MethodClass::kRead, kNow);
  const absl::Status refused = limit.Take("partners/contoso", MethodClass::kRead, kNow);
  EXPECT_EQ(ReasonOf(refused), common::v1::RATE_LIMITED);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  const absl::Duration wait = RetryAfter(refused);
  EXPECT_EQ(wait, absl::Milliseconds(250));
  EXPECT_FALSE(
      limit.Take("partners/contoso", MethodClass::kRead, kNow + wait - absl::Milliseconds(10))
          .ok());
  EXPECT_TRUE(
      limit.Take("partners/contoso", MethodClass::kRead, kNow + wait + absl::Milliseconds(1)).ok());
}

TEST(RateLimitTest, AClockThatGoesBackGivesNothing) {
  RateLimit limit(4, 4);
  TakeAll(limit, "partners/contoso", MethodClass::kRead, kNow);
  EXPECT_FALSE(limit.Take("partners/contoso", MethodClass::kRead, kNow - absl::Hours(1)).ok());
}

TEST(RateLimitTest, ForgettingIdleAccountsForgetsNoDebt) {
  RateLimit limit(4, 4);
  const absl::Time later = kNow + absl::Seconds(60);
  for (int i = 0; i < 10'000; ++i) {
    EXPECT_TRUE(limit.Take("customers/" + std::to_string(i), MethodClass::kRead, kNow).ok());
  }
  TakeAll(limit, "customers/0", MethodClass::kRead, later);
  for (int i = 0; i < 10; ++i) {
    EXPECT_TRUE(limit.Take("partners/" + std::to_string(i), MethodClass::kRead, later).ok());
  }
  EXPECT_FALSE(limit.Take("customers/0", MethodClass::kRead, later).ok());
}

}  // namespace
}  // namespace partnerlink::rpc
