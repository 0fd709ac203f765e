#include "common/server/health.h"

#include <algorithm>

#include "common/server/health_descriptor.h"
#include "google/protobuf/wrappers.pb.h"
#include "grpcpp/impl/codegen/proto_utils.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/rpc_service_method.h"

namespace partnerlink::server {
namespace {

// Debian has no grpc/health/v1/health.proto; these have the same bytes: HealthCheckRequest is one
// text with number 1, HealthCheckResponse one enum with number 1.
using Request = google::protobuf::BytesValue;
using Response = google::protobuf::UInt32Value;

// HealthCheckResponse.ServingStatus
constexpr int kServing = 1;
constexpr int kNotServing = 2;
constexpr int kServiceUnknown = 3;

constexpr std::string_view kLiveness = "liveness";
constexpr const char* kReasonTrailer = "partnerlink-not-serving";
constexpr size_t kMaxReasonBytes = 256;

// Metadata may hold printable ASCII only.
std::string Printable(std::string_view text) {
  std::string printable(text.substr(0, kMaxReasonBytes));
  std::replace_if(
      printable.begin(), printable.end(), [](char c) { return c < 0x20 || c > 0x7E; }, '?');
  return printable;
}

}  // namespace

// One Watch stream: sends each status that differs from the last one sent. gRPC deletes nothing, so
// it deletes itself when it is done. All of it is guarded by the mutex of its Health.
class Health::Stream final : public grpc::ServerWriteReactor<Response> {
 public:
  Stream(Health& health, const std::string& name) : health_(health), name_(name) {
    absl::MutexLock lock(&health_.mutex_);
    if (health_.closed_) {
      End();
    } else {
      health_.streams_.insert(this);
      Update();
    }
  }

  // The caller holds the mutex.
  void Update() {
    const int status = StatusNow();
    if (writing_ || ended_ || status == sent_) return;
    sent_ = status;
    response_.set_value(static_cast<uint32_t>(status));
    writing_ = true;
    StartWrite(&response_);
  }

  // The caller holds the mutex. A write under way is waited for: OnWriteDone ends the stream.
  void End() {
    ending_ = true;
    if (writing_ || ended_) return;
    ended_ = true;
    Finish(grpc::Status(grpc::StatusCode::UNAVAILABLE, "The server shuts down."));
  }

  void OnWriteDone(bool ok) override {
    absl::MutexLock lock(&health_.mutex_);
    writing_ = false;
    if (ending_ || !ok) return End();
    Update();
  }

  void OnCancel() override {
    absl::MutexLock lock(&health_.mutex_);
    End();
  }

  void OnDone() override {
    {
      absl::MutexLock lock(&health_.mutex_);
      health_.streams_.erase(this);
    }
    delete this;
  }

 private:
  int StatusNow() const ABSL_NO_THREAD_SAFETY_ANALYSIS { return health_.StatusOf(name_); }

  Health& health_;
  const std::string name_;
  Response response_;
  int sent_ = 0;
  bool writing_ = false;
  bool ending_ = false;
  bool ended_ = false;
};

// Registers its two methods as generated code would.
class Health::Service final : public grpc::Service {
 public:
  explicit Service(Health& health) : health_(health) {
    using grpc::internal::RpcMethod;
    using grpc::internal::RpcServiceMethod;
    AddMethod(new RpcServiceMethod("/grpc.health.v1.Health/Check", RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodCallback(
        0, new grpc::internal::CallbackUnaryHandler<Request, Response>(
               [this](grpc::CallbackServerContext* context, const Request* request,
                      Response* response) { return Check(context, *request, response); }));
    AddMethod(
        new RpcServiceMethod("/grpc.health.v1.Health/Watch", RpcMethod::SERVER_STREAMING, nullptr));
    MarkMethodCallback(1, new grpc::internal::CallbackServerStreamingHandler<Request, Response>(
                              [this](grpc::CallbackServerContext*, const Request* request) {
                                return new Stream(health_, request->value());
                              }));
  }

 private:
  grpc::ServerUnaryReactor* Check(grpc::CallbackServerContext* context, const Request& request,
                                  Response* response) {
    auto* reactor = context->DefaultReactor();
    absl::MutexLock lock(&health_.mutex_);
    const int status = health_.StatusOf(request.value());
    if (status == kServiceUnknown) {
      reactor->Finish(grpc::Status(grpc::StatusCode::NOT_FOUND, "There is no such service here."));
      return reactor;
    }
    if (status == kNotServing) {
      context->AddTrailingMetadata(kReasonTrailer, Printable(health_.reason_));
    }
    response->set_value(static_cast<uint32_t>(status));
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }

  Health& health_;
};

Health::Health() : names_({""}) {}

Health::~Health() = default;

void Health::AddServices(const std::vector<std::string>& names) {
  absl::MutexLock lock(&mutex_);
  names_.insert(names.begin(), names.end());
}

bool Health::Set(bool serving, std::string_view reason) {
  absl::MutexLock lock(&mutex_);
  if (serving == serving_ && reason == reason_) return false;
  serving_ = serving;
  reason_ = reason;
  for (Stream* stream : streams_) stream->Update();
  return true;
}

void Health::CloseStreams() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
  for (Stream* stream : streams_) stream->End();
}

std::unique_ptr<grpc::Service> Health::NewService() {
  DescribeHealth();
  return std::make_unique<Service>(*this);
}

int Health::StatusOf(std::string_view name) const {
  if (name == kLiveness) return kServing;
  if (!names_.contains(name)) return kServiceUnknown;
  return serving_ ? kServing : kNotServing;
}

}  // namespace partnerlink::server
