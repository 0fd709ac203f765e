#include "common/server/server.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <fstream>
#include <string>

#include "common/metrics/metrics.h"
#include "common/server/probe/probe.h"
#include "common/server/server_fixture.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace partnerlink::server {
namespace {

using ::testing::HasSubstr;

// The bytes of its answer to a ServerReflectionRequest.
std::string AskReflection(const std::shared_ptr<grpc::Channel>& channel, const std::string& bytes) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  const grpc::Slice slice(bytes);
  grpc::ByteBuffer request(&slice, 1);
  grpc::ByteBuffer response;
  absl::Notification done;
  stub.UnaryCall(&context, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", {},
                 &request, &response, [&](const grpc::Status&) { done.Notify(); });
  done.WaitForNotification();
  grpc::Slice answer;
  if (!response.DumpToSingleSlice(&answer).ok()) return "no answer";
  return std::string(reinterpret_cast<const char*>(answer.begin()), answer.size());
}

TEST_F(ServerTest, StartsNotServingAndSaysWhy) {
  StartServer();
  for (const auto& channel : {ConnectData(), ConnectHealth()}) {
    auto check = Check(channel);
    EXPECT_EQ(check.number(), kNotServing);
    EXPECT_EQ(check.trailer("partnerlink-not-serving"), "starting");
    EXPECT_EQ(Check(channel, "liveness").number(), kServing);
  }
}

TEST_F(ServerTest, HealthKnowsTheProcessAndEachService) {
  StartServer();
  server_->SetServing(true);
  for (const auto& channel : {ConnectData(), ConnectHealth()}) {
    EXPECT_EQ(Check(channel).number(), kServing);
    EXPECT_EQ(Check(channel, "test.v1.Gate").number(), kServing);
    EXPECT_EQ(Check(channel, "test.v1.Other").Await().error_code(), grpc::StatusCode::NOT_FOUND);
  }
  server_->SetServing(false, "schema is 3\n");
  auto check = Check(ConnectHealth(), "test.v1.Gate");
  EXPECT_EQ(check.number(), kNotServing);
  EXPECT_EQ(check.trailer("partnerlink-not-serving"), "schema is 3?");
}

TEST_F(ServerTest, AProbeSucceedsWhileServing) {
  StartServer();
  const auto probe = [&](const std::string& name) {
    return ProbeHealth("127.0.0.1:" + std::to_string(server_->health_port()), name,
                       absl::Seconds(20));
  };
  server_->SetServing(false, "schema is 3");
  EXPECT_EQ(probe("").code(), absl::StatusCode::kFailedPrecondition);
  EXPECT_THAT(std::string(probe("").message()), HasSubstr("schema is 3"));
  EXPECT_TRUE(probe("liveness").ok());
  server_->SetServing(true);
  EXPECT_TRUE(probe("").ok());
  EXPECT_TRUE(probe("test.v1.Gate").ok());
  EXPECT_EQ(probe("test.v1.Other").code(), absl::StatusCode::kNotFound);
}

TEST_F(ServerTest, AProbeOfNothingFailsInItsTime) {
  StartServer();
  const std::string address = "127.0.0.1:" + std::to_string(server_->health_port());
  server_.reset();
  EXPECT_FALSE(ProbeHealth(address, "", absl::Milliseconds(200)).ok());
}

TEST_F(ServerTest, AWatchedCheckSwitchesHealth) {
  StartServer();
  WatchStream stream(ConnectHealth());
  std::atomic<bool> fits = false;
  server_->Watch([&] { return fits ? absl::OkStatus() : absl::NotFoundError("no schema"); },
                 absl::Milliseconds(10));
  stream.AwaitStatus(kNotServing);
  fits = true;
  stream.AwaitStatus(kServing);
  fits = false;
  stream.AwaitStatus(kNotServing);
  EXPECT_EQ(Check(ConnectHealth()).trailer("partnerlink-not-serving"), "no schema");
  server_.reset();
}

TEST_F(ServerTest, EachChangeOfHealthIsLoggedOnce) {
  StartServer();
  log::Start("invitation", log::Level::kInfo);
  log::Flush();
  ::testing::internal::CaptureStderr();
  for (int i = 0; i < 3; ++i) server_->SetServing(false, "no schema");
  for (int i = 0; i < 3; ++i) server_->SetServing(true);
  log::Flush();
  const std::string lines = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::count(lines.begin(), lines.end(), '\n'), 2) << lines;
  EXPECT_THAT(lines, HasSubstr(R"("event":"not_serving","reason":"no schema")"));
  EXPECT_THAT(lines, HasSubstr(R"("event":"serving")"));
}

TEST_F(ServerTest, TheDataPortRefusesPeersWithoutACertificate) {
  StartServer();
  EXPECT_EQ(UnaryCall(ConnectData(), kGate).Await().error_code(), grpc::StatusCode::OK);
  for (const auto& credentials :
       {grpc::InsecureChannelCredentials(), grpc::SslCredentials(grpc::SslCredentialsOptions())}) {
    EXPECT_EQ(UnaryCall(Connect(server_->data_port(), credentials), kGate).Await().error_code(),
              grpc::StatusCode::UNAVAILABLE);
  }
}

TEST_F(ServerTest, TheHealthPortHasNoServices) {
  StartServer();
  for (const char* method :
       {kGate, "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo"}) {
    EXPECT_EQ(UnaryCall(ConnectHealth(), method).Await().error_code(),
              grpc::StatusCode::UNIMPLEMENTED);
  }
}

TEST_F(ServerTest, ReflectionListsTheServices) {
  StartServer();
  const std::string names = AskReflection(ConnectData(), "\x3a\x01*");  // field 7: list_services
  EXPECT_THAT(names, HasSubstr("test.v1.Gate"));
  EXPECT_THAT(names, HasSubstr("grpc.health.v1.Health"));
}

TEST_F(ServerTest, ReflectionDescribesHealth) {
  StartServer();
  for (const std::string symbol : {"Health", "HealthCheckRequest", "HealthCheckResponse"}) {
    const std::string name = "grpc.health.v1." + symbol;
    // Field 4: file_containing_symbol.
    const std::string file = AskReflection(
        ConnectData(), "\x22" + std::string(1, static_cast<char>(name.size())) + name);
    EXPECT_THAT(file, HasSubstr("grpc/health/v1/health.proto")) << symbol;
    for (const char* part : {"Check", "Watch", "service", "status", "NOT_SERVING"}) {
      EXPECT_THAT(file, HasSubstr(part)) << symbol;
    }
  }
}

TEST_F(ServerTest, CallsBeyondTheLimitsAreRefused) {
  StartServer();
  const auto call = [&](const std::string& text, auto prepare) {
    return UnaryCall(ConnectData(), kGate, text, absl::Seconds(20), prepare).Await().error_code();
  };
  const auto nothing = [](grpc::ClientContext&) {};
  EXPECT_EQ(call(std::string(1'000'000, 'x'), nothing), grpc::StatusCode::OK);
  EXPECT_EQ(call(std::string(1'100'000, 'x'), nothing), grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(call("", [](auto& c) { c.AddMetadata("x-long", std::string(70'000, 'x')); }),
            grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(call("x", [](auto& c) { c.set_compression_algorithm(GRPC_COMPRESS_GZIP); }),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(ServerTest, AnAddressInUseIsNamed) {
  StartServer();
  for (std::string Options::*address :
       {&Options::data_address, &Options::health_address, &Options::metrics_address}) {
    Options options = options_;
    options.*address = "127.0.0.1:" + std::to_string(server_->data_port());
    const auto second = Server::Start(options, {});
    EXPECT_EQ(second.status().code(), absl::StatusCode::kUnavailable);
    EXPECT_THAT(std::string(second.status().message()), HasSubstr(options.*address));
  }
}

TEST_F(ServerTest, UnusableTlsFilesAreNamed) {
  options_.tls.key = folder_.PathOf("absent.key");
  const auto server = Server::Start(options_, {});
  EXPECT_THAT(std::string(server.status().message()), HasSubstr("absent.key"));
}

TEST_F(ServerTest, MetricsAreServed) {
  StartServer();
  metrics::Workers("public").Set(8);
  const int connection = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<uint16_t>(server_->metrics_port()));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  ASSERT_EQ(connect(connection, reinterpret_cast<sockaddr*>(&address), sizeof(address)), 0);
  const std::string request = "GET /metrics HTTP/1.0\r\n\r\n";
  ASSERT_EQ(write(connection, request.data(), request.size()), ssize_t(request.size()));
  std::string answer;
  char buffer[4096];
  for (ssize_t n; (n = read(connection, buffer, sizeof(buffer))) > 0;) {
    answer.append(buffer, static_cast<size_t>(n));
  }
  close(connection);
  EXPECT_THAT(answer, HasSubstr("partnerlink_workers{pool=\"public\"} 8"));
}

TEST_F(ServerTest, AnIdleServerIsSmall) {
  const absl::Time start = absl::Now();
  StartServer();
  server_->SetServing(true);
  EXPECT_EQ(Check(ConnectData()).number(), kServing);
  const absl::Duration ready = absl::Now() - start;
  size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  const size_t mebibytes = pages * static_cast<size_t>(getpagesize()) >> 20;
  std::printf("idle: %zu MiB RSS, ready after %.0f ms\n", mebibytes,
              absl::ToDoubleMilliseconds(ready));
  EXPECT_LT(ready, absl::Seconds(2));
}

}  // namespace
}  // namespace partnerlink::server
