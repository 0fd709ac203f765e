// Calls that wait for a change to arrive, and what is answered then.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>

#include "absl/synchronization/notification.h"
#include "common/outbox/consistency_token.h"
#include "google/rpc/error_details.pb.h"
#include "tests/component/rpc_fixture.h"

namespace partnerlink::rpc::rpc_waiting_test {
namespace {

TEST_F(RpcTest, AConsistencyTokenMustBeOne) {
  for (const std::string& token : {std::string("x"), std::string(100, 'A'), std::string(kRoot)}) {
    ClientCall call = Call("GetInvitation", GetRequest(token), Token());
    EXPECT_EQ(call.Reason(), common::v1::FIELD_INVALID) << token;
    EXPECT_TRUE(call.Has<google::rpc::BadRequest>());
  }
}

TEST_F(RpcTest, AReadWaitsForTheChangeWithoutHoldingTheWorker) {
  std::atomic<bool> on_its_way = true;
  std::atomic<int> asked = 0;
  behaviour.is_on_its_way = [&]() -> absl::StatusOr<bool> {
    ++asked;
    return on_its_way.load();
  };
  const std::string token = outbox::ToConsistencyToken(kRoot);
  ClientCall waiting = Call("GetInvitation", GetRequest(token), Token());
  while (asked < 3) std::this_thread::yield();
  EXPECT_TRUE(Get().Await().ok()) << "the only worker is free";
  on_its_way = false;
  EXPECT_TRUE(waiting.Await().ok()) << waiting.Status();
}

TEST_F(RpcTest, AChangeThatDoesNotArriveIsSaidSoBeforeTheDeadline) {
  behaviour.is_on_its_way = []() -> absl::StatusOr<bool> { return true; };
  ClientCall call = Call("GetInvitation", GetRequest(outbox::ToConsistencyToken(kRoot)), Token(),
                         absl::Milliseconds(800));
  EXPECT_EQ(call.Reason(), common::v1::DEPENDENCY_UNAVAILABLE) << call.Status();
  EXPECT_TRUE(call.Has<google::rpc::RetryInfo>());
  behaviour.is_on_its_way = []() -> absl::StatusOr<bool> {
    return Refusal(common::v1::DEPENDENCY_UNAVAILABLE, "The database does not answer now.");
  };
  EXPECT_EQ(Call("GetInvitation", GetRequest(outbox::ToConsistencyToken(kRoot)), Token()).Reason(),
            common::v1::DEPENDENCY_UNAVAILABLE);
}

TEST_F(RpcTest, AMutationAnswersItsConsistencyToken) {
  behaviour.wait = [](std::function<void(bool)> done) { done(true); };
  behaviour.read_back = [](const Redemption& first) { return first; };
  EXPECT_EQ(Accept().Header("partnerlink-consistency-token"), outbox::ToConsistencyToken(kRoot));
  EXPECT_EQ(Get().Header("partnerlink-consistency-token"), "");
}

TEST_F(RpcTest, WaitingForAPeerHoldsNoWorkerAndEndsInAFreshAnswer) {
  absl::Notification waits;
  std::function<void(bool)> arrived;
  behaviour.wait = [&](std::function<void(bool)> done) {
    arrived = std::move(done);
    waits.Notify();
  };
  behaviour.read_back = [](const Redemption& first) {
    Redemption fresh;
    fresh.set_name(first.name() + ", then read again");
    return fresh;
  };
  ClientCall call = Accept();
  waits.WaitForNotification();
  EXPECT_TRUE(Get().Await().ok()) << "the only worker is free";
  arrived(true);
  EXPECT_EQ(call.Get<Redemption>().name(), "first, then read again");
}

TEST_F(RpcTest, WhatCannotHaveArrivedIsReadAgainOnlyForARepeatedCall) {
  behaviour.wait = [](std::function<void(bool)> done) { done(false); };
  behaviour.read_back = [](const Redemption&) {
    Redemption fresh;
    fresh.set_name("read again");
    return fresh;
  };
  EXPECT_EQ(Accept().Get<Redemption>().name(), "first");
  behaviour.is_repeated = true;
  EXPECT_EQ(Accept().Get<Redemption>().name(), "read again");
}

TEST_F(RpcTest, WhatWasCommittedIsAnsweredEvenIfItCannotBeReadAgain) {
  behaviour.wait = [](std::function<void(bool)> done) { done(true); };
  behaviour.read_back = [](const Redemption&) -> absl::StatusOr<Redemption> {
    return Refusal(common::v1::DEPENDENCY_UNAVAILABLE, "The database does not answer now.");
  };
  ClientCall call = Accept();
  EXPECT_EQ(call.Get<Redemption>().name(), "first");
  EXPECT_NE(call.Header("partnerlink-consistency-token"), "");
}

TEST_F(RpcTest, ACallerThatGoesAwayWhileItWaitsHarmsNothing) {
  absl::Notification waits;
  std::function<void(bool)> arrived;
  behaviour.wait = [&](std::function<void(bool)> done) {
    arrived = std::move(done);
    waits.Notify();
  };
  behaviour.read_back = [](const Redemption& first) { return first; };
  ClientCall call = Accept();
  waits.WaitForNotification();
  call.Cancel();
  EXPECT_EQ(call.Await().error_code(), grpc::StatusCode::CANCELLED);
  arrived(true);
  EXPECT_TRUE(Get().Await().ok());
}

}  // namespace
}  // namespace partnerlink::rpc::rpc_waiting_test
