// A server for tests: with certificates of its own, on free ports, with one method that can be held
// up, and the clients to call it.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "absl/time/clock.h"
#include "common/auth/testing/certificates.h"
#include "common/auth/testing/temporary_folder.h"
#include "common/server/server.h"
#include "common/server/signals.h"
#include "google/protobuf/wrappers.pb.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/rpc_service_method.h"
#include "gtest/gtest.h"

namespace partnerlink::server {
using Text = google::protobuf::BytesValue;
using Number = google::protobuf::UInt32Value;

inline constexpr uint32_t kServing = 1;
inline constexpr uint32_t kNotServing = 2;
inline constexpr const char* kGate = "/test.v1.Gate/Pass";

// Before gRPC starts its threads.
inline const bool kSignalsBlocked = [] {
  BlockSignals();
  return true;
}();

// A method whose calls wait until the gate is open; `now` in the request passes at once.
class Gate final : public grpc::Service {
 public:
  Gate() {
    AddMethod(new grpc::internal::RpcServiceMethod(kGate, grpc::internal::RpcMethod::NORMAL_RPC,
                                                   nullptr));
    MarkMethodCallback(0, new grpc::internal::CallbackUnaryHandler<Text, Number>(
                              [this](grpc::CallbackServerContext* context, const Text* request,
                                     Number*) { return Pass(context, *request); }));
  }

  void AwaitCalls(size_t count) {
    absl::MutexLock lock(&mutex_);
    const auto there = [&] { return waiting_.size() >= count; };
    mutex_.Await(absl::Condition(&there));
  }

  void Open() {
    absl::MutexLock lock(&mutex_);
    for (auto* reactor : waiting_) reactor->Finish(grpc::Status::OK);
    waiting_.clear();
  }

 private:
  grpc::ServerUnaryReactor* Pass(grpc::CallbackServerContext* context, const Text& request) {
    auto* reactor = context->DefaultReactor();
    absl::MutexLock lock(&mutex_);
    if (request.value() == "wait") {
      waiting_.push_back(reactor);
    } else {
      reactor->Finish(grpc::Status::OK);
    }
    return reactor;
  }

  absl::Mutex mutex_;
  std::vector<grpc::ServerUnaryReactor*> waiting_;
};

// One call, started at once; Await gives its outcome.
class UnaryCall {
 public:
  UnaryCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
            const std::string& text = "", absl::Duration timeout = absl::Seconds(20))
      : UnaryCall(channel, method, text, timeout, [](grpc::ClientContext&) {}) {}

  template <typename Prepare>
  UnaryCall(const std::shared_ptr<grpc::Channel>& channel, const std::string& method,
            const std::string& text, absl::Duration timeout, Prepare prepare)
      : stub_(channel) {
    request_.set_value(text);
    context_.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
    prepare(context_);
    stub_.UnaryCall(&context_, method, {}, &request_, &response_, [this](grpc::Status status) {
      status_ = std::move(status);
      done_.Notify();
    });
  }
  ~UnaryCall() { done_.WaitForNotification(); }

  const grpc::Status& Await() {
    done_.WaitForNotification();
    return status_;
  }
  uint32_t number() {
    EXPECT_TRUE(Await().ok()) << Await().error_message();
    return response_.value();
  }
  std::string trailer(const std::string& name) {
    Await();
    const auto& trailers = context_.GetServerTrailingMetadata();
    const auto found = trailers.find(name);
    return found == trailers.end() ? "" : std::string(found->second.data(), found->second.size());
  }

 private:
  grpc::TemplatedGenericStub<Text, Number> stub_;
  grpc::ClientContext context_;
  Text request_;
  Number response_;
  grpc::Status status_;
  absl::Notification done_;
};

inline UnaryCall Check(const std::shared_ptr<grpc::Channel>& channel,
                       const std::string& name = "") {
  return UnaryCall(channel, "/grpc.health.v1.Health/Check", name);
}

// Reads a Watch stream until it carries `status`; false if it ends before.
class WatchStream final : public grpc::ClientReadReactor<Number> {
 public:
  explicit WatchStream(const std::shared_ptr<grpc::Channel>& channel) : channel_(channel) {
    using grpc::internal::RpcMethod;
    const RpcMethod method("/grpc.health.v1.Health/Watch", RpcMethod::SERVER_STREAMING, channel_);
    grpc::internal::ClientCallbackReaderFactory<Number>::Create(channel_.get(), method, &context_,
                                                                &request_, this);
    StartRead(&response_);
    StartCall();
  }
  ~WatchStream() override {
    context_.TryCancel();
    AwaitEnd();
  }

  void AwaitStatus(uint32_t status) {
    absl::MutexLock lock(&mutex_);
    const auto seen = [&] { return ended_ || last_ == status; };
    mutex_.Await(absl::Condition(&seen));
    EXPECT_EQ(last_, status);
  }
  grpc::StatusCode AwaitEnd() {
    absl::MutexLock lock(&mutex_);
    mutex_.Await(absl::Condition(&ended_));
    return code_;
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    {
      absl::MutexLock lock(&mutex_);
      last_ = response_.value();
    }
    StartRead(&response_);
  }
  void OnDone(const grpc::Status& status) override {
    absl::MutexLock lock(&mutex_);
    code_ = status.error_code();
    ended_ = true;
  }

 private:
  const std::shared_ptr<grpc::Channel> channel_;
  grpc::ClientContext context_;
  Text request_;
  Number response_;
  absl::Mutex mutex_;
  uint32_t last_ = 0;
  bool ended_ = false;
  grpc::StatusCode code_ = grpc::StatusCode::OK;
};

class ServerTest : public ::testing::Test {
 protected:
  ServerTest() {
    const auth::testing::CertificateAuthority authority("ca");
    const auto own = authority.IssueFor("invitation");
    const auto gateway = authority.IssueFor("gateway");
    const std::string ca = folder_.Write("ca.pem", authority.Pem());
    options_.data_address = options_.health_address = options_.metrics_address = "127.0.0.1:0";
    options_.tls = {folder_.Write("own.pem", own.certificate), folder_.Write("own.key", own.key),
                    ca};
    gateway_files_ = {folder_.Write("gateway.pem", gateway.certificate),
                      folder_.Write("gateway.key", gateway.key), ca};
    options_.drain_delay = absl::Milliseconds(500);
    options_.shutdown_deadline = absl::Seconds(10);
  }

  void StartServer() {
    auto server = Server::Start(options_, {&gate_});
    ASSERT_TRUE(server.ok()) << server.status();
    server_ = *std::move(server);
  }

  // A connection of its own.
  std::shared_ptr<grpc::Channel> Connect(
      int port, const std::shared_ptr<grpc::ChannelCredentials>& credentials) {
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel("127.0.0.1:" + std::to_string(port), credentials, arguments);
  }
  std::shared_ptr<grpc::Channel> ConnectData() {
    return Connect(server_->data_port(), *auth::ChannelCredentials(gateway_files_, "invitation"));
  }
  std::shared_ptr<grpc::Channel> ConnectHealth() {
    return Connect(server_->health_port(), grpc::InsecureChannelCredentials());
  }

  auth::testing::TemporaryFolder folder_;
  Options options_;
  auth::TlsFiles gateway_files_;
  Gate gate_;
  std::unique_ptr<Server> server_;
};

}  // namespace partnerlink::server
