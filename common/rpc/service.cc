#include "common/rpc/service.h"

#include "absl/strings/str_cat.h"
#include "common/rpc/call.h"
#include "common/rpc/exchange.h"
#include "common/rpc/series_call.h"
#include "google/api/annotations.pb.h"
#include "grpcpp/impl/codegen/rpc_service_method.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"

namespace partnerlink::rpc {
namespace {

constexpr size_t kMostBytes = 64 * 1024;
constexpr size_t kMostBatchBytes = 1024 * 1024;

bool StartsWith(const google::protobuf::MethodDescriptor& method, std::string_view prefix) {
  return std::string_view(method.name()).substr(0, prefix.size()) == prefix;
}

// Reads are what HTTP gets, and what is asked in a body because it is long or secret.
MethodClass ClassOf(const google::protobuf::MethodDescriptor& method) {
  const bool asks = StartsWith(method, "Lookup") || StartsWith(method, "Check") ||
                    StartsWith(method, "BatchCheck") || StartsWith(method, "Export");
  return method.options().GetExtension(google::api::http).has_get() || asks
             ? MethodClass::kRead
             : MethodClass::kMutation;
}

}  // namespace

Service::Service(const google::protobuf::ServiceDescriptor& descriptor, const Edge& edge)
    : descriptor_(descriptor), edge_(edge) {}

void Service::Add(std::string_view name, Method untyped) {
  const google::protobuf::MethodDescriptor* descriptor =
      descriptor_.FindMethodByName(std::string(name));
  if (descriptor == nullptr || descriptor->input_type() != untyped.request->GetDescriptor()) {
    problem_.Update(absl::InternalError(
        absl::StrCat(descriptor_.full_name(), " has no such method: ", std::string(name))));
    return;
  }
  const bool is_series = untyped.open != nullptr;
  if (descriptor->client_streaming() != untyped.is_exchange ||
      descriptor->server_streaming() != (untyped.is_exchange || is_series)) {
    problem_.Update(absl::InternalError(
        absl::StrCat(descriptor->full_name(), " is served as another kind of method")));
    return;
  }
  absl::StatusOr<auth::AccessPolicy> access = auth::AccessPolicy::Of(descriptor);
  if (!access.ok()) {
    problem_.Update(access.status());
    return;
  }
  auto method = std::make_unique<Method>(std::move(untyped));
  method->path = absl::StrCat("/", descriptor_.full_name(), "/", descriptor->name());
  method->name = method->path.substr(1);
  method->access = std::make_unique<auth::AccessPolicy>(*std::move(access));
  method->method_class = ClassOf(*descriptor);
  method->most_bytes =
      StartsWith(*descriptor, "Batch") || method->is_exchange ? kMostBatchBytes : kMostBytes;
  method->is_file = descriptor->output_type()->full_name() == "google.api.HttpBody";
  method->consistency_token = descriptor->input_type()->FindFieldByName("consistency_token");
  method->metrics = std::make_unique<metrics::MethodMetrics>(
      method->is_exchange ? metrics::MethodType::kBidiStream
      : is_series         ? metrics::MethodType::kServerStream
                          : metrics::MethodType::kUnary,
      descriptor_.full_name(), descriptor->name());
  methods_.push_back(std::move(method));
  Serve(*methods_.back());
}

void Service::Serve(const Method& method) {
  using grpc::internal::RpcMethod;
  const Method* served = &method;
  const int index = static_cast<int>(methods_.size()) - 1;
  const bool is_series = served->open != nullptr;
  AddMethod(new grpc::internal::RpcServiceMethod(served->path.c_str(),
                                                 served->is_exchange ? RpcMethod::BIDI_STREAMING
                                                 : is_series         ? RpcMethod::SERVER_STREAMING
                                                                     : RpcMethod::NORMAL_RPC,
                                                 nullptr));
  if (served->is_exchange) {
    MarkMethodRawCallback(
        index, new grpc::internal::CallbackBidiHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
                   [this, served](grpc::CallbackServerContext* context) {
                     return rpc::Exchange::Start(*served, edge_, *context);
                   }));
    return;
  }
  if (is_series) {
    MarkMethodRawCallback(
        index,
        new grpc::internal::CallbackServerStreamingHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
            [this, served](grpc::CallbackServerContext* context, const grpc::ByteBuffer* request) {
              return SeriesCall::Start(*served, edge_, *context, *request);
            }));
    return;
  }
  MarkMethodRawCallback(
      index, new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
                 [this, served](grpc::CallbackServerContext* context,
                                const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
                   return Call::Start(*served, edge_, *context, *request, *response);
                 }));
}

absl::Status Service::Check() const {
  if (!problem_.ok()) return problem_;
  for (int i = 0; i < descriptor_.method_count(); ++i) {
    const std::string name =
        absl::StrCat(descriptor_.full_name(), "/", descriptor_.method(i)->name());
    bool served = false;
    for (const auto& method : methods_) served = served || method->name == name;
    if (!served) return absl::InternalError(absl::StrCat(name, " is declared but not served"));
  }
  return absl::OkStatus();
}

}  // namespace partnerlink::rpc
