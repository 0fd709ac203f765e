#include "services/invitation/presentations/failed_presentations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
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

int64_t WaitOf(const absl::Status& refused) {
  return DetailOf<google::rpc::RetryInfo>(refused).retry_delay().seconds();
}

void Fail(FailedPresentations& failed, const std::string& caller, absl::Time now) {
  EXPECT_TRUE(failed.Begin(caller, now).ok()) << caller;
  failed.EndFailed(caller, now);
}

TEST(FailedPresentationsTest, TheLastAllowedFailureIsTheLastCall) {
  FailedPresentations failed(20);
  for (int i = 0; i < 20; ++i) Fail(failed, "customers/northwind", kNow);
  const absl::Status refused = failed.Begin("customers/northwind", kNow);
  EXPECT_EQ(refused.code(), absl::StatusCode::kResourceExhausted);
  EXPECT_EQ(ReasonOf(refused), common::v1::RATE_LIMITED);
  EXPECT_EQ(WaitOf(refused), 60);
  const auto failure = DetailOf<google::rpc::QuotaFailure>(refused);
  ASSERT_EQ(failure.violations_size(), 1);
  EXPECT_EQ(failure.violations(0).subject(), "customers/northwind");
  EXPECT_THAT(failure.violations(0).description(), HasSubstr("20"));
  EXPECT_TRUE(failed.Begin("customers/tailspin", kNow).ok()) << "of another caller";
}

TEST(FailedPresentationsTest, ManyInAnyMinuteCountNotInACalendarMinute) {
  FailedPresentations failed(2);
  Fail(failed, "a", kNow);
  Fail(failed, "a", kNow + absl::Seconds(50));
  EXPECT_FALSE(failed.Begin("a", kNow + absl::Seconds(59)).ok());
  Fail(failed, "a", kNow + absl::Seconds(60));
  EXPECT_EQ(WaitOf(failed.Begin("a", kNow + absl::Seconds(62))), 48);
  EXPECT_TRUE(failed.Begin("a", kNow + absl::Seconds(110)).ok());
}

TEST(FailedPresentationsTest, WhatIsNotJudgedYetCountsUntilItIsFoundGood) {
  FailedPresentations failed(3);
  Fail(failed, "a", kNow);
  EXPECT_TRUE(failed.Begin("a", kNow).ok());
  EXPECT_TRUE(failed.Begin("a", kNow).ok());
  const absl::Status refused = failed.Begin("a", kNow);
  EXPECT_EQ(ReasonOf(refused), common::v1::RATE_LIMITED);
  EXPECT_EQ(WaitOf(refused), 1) << "they may prove good at once";
  failed.EndWell("a");
  EXPECT_TRUE(failed.Begin("a", kNow).ok());
  failed.EndFailed("a", kNow);
  failed.EndFailed("a", kNow);
  EXPECT_EQ(WaitOf(failed.Begin("a", kNow)), 60);
}

TEST(FailedPresentationsTest, AnyNumberOfGoodOnesMayFollowEachOther) {
  FailedPresentations failed(1);
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(failed.Begin("a", kNow).ok()) << i;
    failed.EndWell("a");
  }
}

TEST(FailedPresentationsTest, AClockThatWasSetBackOpensNothing) {
  FailedPresentations failed(1);
  Fail(failed, "a", kNow);
  EXPECT_FALSE(failed.Begin("a", kNow - absl::Hours(1)).ok());
}

TEST(FailedPresentationsTest, ForgetsWhoIsOverBeforeItGrowsWithoutEnd) {
  FailedPresentations failed(1);
  for (int i = 0; i < 10'000; ++i) Fail(failed, absl::StrCat("old-", i), kNow);
  const absl::Time later = kNow + absl::Seconds(61);
  Fail(failed, "new", later);
  EXPECT_FALSE(failed.Begin("new", later).ok());
  EXPECT_TRUE(failed.Begin("old-1", kNow).ok()) << "is forgotten";
}

TEST(FailedPresentationsTest, ForgetsOneOfManyButNobodyWhoIsStillJudged) {
  FailedPresentations failed(2);
  EXPECT_TRUE(failed.Begin("judged", kNow).ok());
  for (int i = 0; i < 10'100; ++i) Fail(failed, absl::StrCat("caller-", i), kNow);
  failed.EndFailed("judged", kNow);
  Fail(failed, "judged", kNow);
  EXPECT_FALSE(failed.Begin("judged", kNow).ok());
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

TEST(LimitedTest, ThoseWhoComeAtOnceCannotAllPass) {
  constexpr int kMost = 3;
  constexpr int kCallers = 12;
  std::atomic<int> judged = 0;
  std::atomic<int> refused = 0;
  absl::Notification all_others_are_refused;
  const std::function<absl::StatusOr<int>(const CallContext&, const std::string&)> handler =
      [&](const CallContext&, const std::string&) -> absl::StatusOr<int> {
    ++judged;
    all_others_are_refused.WaitForNotificationWithTimeout(absl::Seconds(10));
    return Refusal(common::v1::INVITATION_NOT_FOUND, "No invitation has this link.");
  };
  const auto limited = Limited(std::make_shared<FailedPresentations>(kMost), handler);
  std::vector<std::thread> threads;
  for (int i = 0; i < kCallers; ++i) {
    threads.emplace_back([&] {
      CallContext context;
      context.client_address = "192.0.2.7";
      const absl::Status status = limited(context, "wrong").status();
      if (ReasonOf(status) != common::v1::RATE_LIMITED) return;
      if (++refused == kCallers - kMost) all_others_are_refused.Notify();
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(judged, kMost);
}

}  // namespace
}  // namespace partnerlink::invitation::presentations
