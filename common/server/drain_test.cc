#include <signal.h>
#include <unistd.h>

#include <thread>

#include "common/server/server_fixture.h"
#include "gtest/gtest.h"

namespace partnerlink::server {
namespace {

using DrainTest = ServerTest;
using DrainDeathTest = ServerTest;

TEST_F(DrainTest, OnSigtermCallsInFlightEndAndNewOnesAreRefused) {
  StartServer();
  server_->SetServing(true);
  int exit_code = -1;
  std::thread run([&] { exit_code = server_->Run(); });
  const auto data = ConnectData();
  WatchStream watch(data);
  watch.AwaitStatus(kServing);
  UnaryCall in_flight(data, kGate, "wait");
  gate_.AwaitCalls(1);

  kill(getpid(), SIGTERM);
  watch.AwaitStatus(kNotServing);
  EXPECT_TRUE(UnaryCall(data, kGate).Await().ok()) << "refused during the drain delay";
  server_->SetServing(true);
  EXPECT_EQ(Check(data).number(), kNotServing) << "serving again while draining";

  EXPECT_EQ(watch.AwaitEnd(), grpc::StatusCode::UNAVAILABLE);
  grpc::StatusCode refusal;
  do {
    refusal = UnaryCall(ConnectData(), kGate).Await().error_code();
  } while (refusal == grpc::StatusCode::OK);
  EXPECT_EQ(refusal, grpc::StatusCode::UNAVAILABLE);
  gate_.Open();
  EXPECT_TRUE(in_flight.Await().ok()) << in_flight.Await().error_message();
  run.join();
  EXPECT_EQ(exit_code, 0);
}

TEST_F(DrainTest, CallsBeyondTheShutdownDeadlineAreCancelled) {
  options_.drain_delay = absl::ZeroDuration();
  options_.shutdown_deadline = absl::Milliseconds(50);
  StartServer();
  std::thread run([&] { EXPECT_EQ(server_->Run(), 0); });
  UnaryCall in_flight(ConnectData(), kGate, "wait");
  gate_.AwaitCalls(1);
  kill(getpid(), SIGTERM);
  EXPECT_FALSE(in_flight.Await().ok());
  gate_.Open();
  run.join();
}

TEST_F(DrainDeathTest, ASecondSignalEndsAtOnce) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  options_.drain_delay = absl::Seconds(20);
  EXPECT_EXIT(
      {
        log::Start("invitation", log::Level::kInfo);
        StartServer();
        server_->SetServing(true);
        std::thread run([&] { server_->Run(); });
        WatchStream watch(ConnectHealth());
        watch.AwaitStatus(kServing);
        kill(getpid(), SIGTERM);
        watch.AwaitStatus(kNotServing);
        kill(getpid(), SIGTERM);
        run.join();
      },
      ::testing::ExitedWithCode(1), "a second signal");
}

TEST_F(DrainDeathTest, CallsThatNeverEndAreCutOff) {
  testing::FLAGS_gtest_death_test_style = "threadsafe";
  options_.drain_delay = options_.shutdown_deadline = absl::ZeroDuration();
  EXPECT_EXIT(
      {
        log::Start("invitation", log::Level::kInfo);
        StartServer();
        std::thread run([&] { server_->Run(); });
        UnaryCall in_flight(ConnectData(), kGate, "wait");
        gate_.AwaitCalls(1);
        kill(getpid(), SIGTERM);
        run.join();
      },
      ::testing::ExitedWithCode(1), "calls do not end");
}

}  // namespace
}  // namespace partnerlink::server
