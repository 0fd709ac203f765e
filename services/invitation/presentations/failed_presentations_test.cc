#include "services/invitation/presentations/failed_presentations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "google/rpc/error_details.pb.h"

namespace partnerlink::invitation::presentations {
namespace {

using testing::HasSubstr;

const absl::Time kNow = absl::FromUnixSeconds(1'800'000'000);

template <typename Detail>
Detail DetailOf(const absl::Status& status) {
  Detail detail;
  const auto payload =
      status.GetPayload(absl::StrCat("type.googleapis.com/", Detail::descriptor()->full_name()));
  if (payload) detail.ParseFromString(std::string(*payload));
  return detail;
}

TEST(FailedPresentationsTest, TheLastAllowedFailureIsTheLastCall) {
  FailedPresentations failed(20);
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(failed.Check("customers/northwind", kNow).ok()) << i;
    failed.Count("customers/northwind", kNow);
  }
  const absl::Status refused = failed.Check("customers/northwind", kNow);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), common::v1::RATE_LIMITED);
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(refused).retry_delay().seconds(), 60);
  const auto failure = DetailOf<google::rpc::QuotaFailure>(refused);
  ASSERT_EQ(failure.violations_size(), 1);
  EXPECT_EQ(failure.violations(0).subject(), "customers/northwind");
  EXPECT_THAT(failure.violations(0).description(), HasSubstr("20"));
  EXPECT_TRUE(failed.Check("customers/tailspin", kNow).ok()) << "of another caller";
}

TEST(FailedPresentationsTest, ManyInAnyMinuteCountNotInACalendarMinute) {
  FailedPresentations failed(2);
  failed.Count("a", kNow);
  failed.Count("a", kNow + absl::Seconds(50));
  EXPECT_FALSE(failed.Check("a", kNow + absl::Seconds(59)).ok());
  EXPECT_TRUE(failed.Check("a", kNow + absl::Seconds(60)).ok());
  failed.Count("a", kNow + absl::Seconds(61));
  const absl::Status refused = failed.Check("a", kNow + absl::Seconds(62));
  EXPECT_EQ(DetailOf<google::rpc::RetryInfo>(refused).retry_delay().seconds(), 48);
  EXPECT_TRUE(failed.Check("a", kNow + absl::Seconds(110)).ok());
}

TEST(FailedPresentationsTest, AClockThatWasSetBackOpensNothing) {
  FailedPresentations failed(1);
  failed.Count("a", kNow);
  EXPECT_FALSE(failed.Check("a", kNow - absl::Hours(1)).ok());
}

TEST(FailedPresentationsTest, ForgetsWhoIsOverBeforeItGrowsWithoutEnd) {
  FailedPresentations failed(1);
  for (int i = 0; i < 10'000; ++i) failed.Count(absl::StrCat("old-", i), kNow);
  const absl::Time later = kNow + absl::Seconds(61);
  failed.Count("new", later);
  EXPECT_FALSE(failed.Check("new", later).ok());
  EXPECT_TRUE(failed.Check("old-1", kNow).ok()) << "is forgotten";
}

TEST(PresenterTest, IsTheAccountOrElseTheNetwork) {
  CallContext context;
  context.client_address = "192.0.2.7";
  EXPECT_EQ(PresenterOf(context), "192.0.2.7");
  context.client_address = "2001:db8:0:1::7";
  const std::string presenter = PresenterOf(context);
  EXPECT_EQ(presenter, "20010db800000001/64");
  context.client_address = "2001:db8:0:1:ffff::";
  EXPECT_EQ(PresenterOf(context), presenter);
  context.client_address = "2001:db8:0:2::7";
  EXPECT_NE(PresenterOf(context), presenter);
  context.principal.account = "customers/northwind";
  EXPECT_EQ(PresenterOf(context), "customers/northwind");
}

TEST(LimitedTest, OnlyFailuresCountAndThenAGoodLinkIsRefusedToo) {
  absl::Status answer = absl::OkStatus();
  int calls = 0;
  const std::function<absl::StatusOr<int>(const CallContext&, const std::string&)> handler =
      [&](const CallContext&, const std::string&) -> absl::StatusOr<int> {
    ++calls;
    if (!answer.ok()) return answer;
    return 1;
  };
  const auto limited = Limited(std::make_shared<FailedPresentations>(3), handler);
  CallContext context;
  context.client_address = "192.0.2.7";
  for (int i = 0; i < 10; ++i) EXPECT_TRUE(limited(context, "good").ok());
  answer = Refusal(common::v1::INVITATION_REVOKED, "Revoked.");
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(ReasonOf(limited(context, "revoked").status()), common::v1::INVITATION_REVOKED);
  }
  answer = Refusal(common::v1::INVITATION_NOT_FOUND, "No invitation has this link.");
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(ReasonOf(limited(context, "wrong").status()), common::v1::INVITATION_NOT_FOUND);
  }
  answer = absl::OkStatus();
  calls = 0;
  EXPECT_EQ(ReasonOf(limited(context, "good").status()), common::v1::RATE_LIMITED);
  EXPECT_EQ(calls, 0) << "nothing is looked up";
  context.client_address = "192.0.2.8";
  EXPECT_TRUE(limited(context, "good").ok());
}

}  // namespace
}  // namespace partnerlink::invitation::presentations
