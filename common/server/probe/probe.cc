#include "common/server/probe/probe.h"

#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "google/protobuf/wrappers.pb.h"
#include "grpcpp/channel.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/impl/codegen/client_unary_call.h"
#include "grpcpp/impl/codegen/proto_utils.h"

namespace partnerlink::server {
namespace {

// The bytes of grpc.health.v1, see common/server/health.cc.
using Request = google::protobuf::BytesValue;
using Response = google::protobuf::UInt32Value;

constexpr uint32_t kServing = 1;
constexpr const char* kReasonTrailer = "partnerlink-not-serving";

std::string ReasonIn(const grpc::ClientContext& context) {
  const auto& trailers = context.GetServerTrailingMetadata();
  const auto reason = trailers.find(kReasonTrailer);
  if (reason == trailers.end()) return "no reason given";
  return std::string(reason->second.data(), reason->second.size());
}

}  // namespace

absl::Status ProbeHealth(const std::string& address, const std::string& name,
                         absl::Duration timeout) {
  const std::shared_ptr<grpc::Channel> channel =
      grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  const grpc::internal::RpcMethod method("/grpc.health.v1.Health/Check",
                                         grpc::internal::RpcMethod::NORMAL_RPC, channel);
  grpc::ClientContext context;
  context.set_deadline(absl::ToChronoTime(absl::Now() + timeout));
  Request request;
  request.set_value(name);
  Response response;
  const grpc::Status status =
      grpc::internal::BlockingUnaryCall(channel.get(), method, &context, request, &response);
  if (!status.ok()) {
    return absl::Status(static_cast<absl::StatusCode>(status.error_code()), status.error_message());
  }
  if (response.value() == kServing) return absl::OkStatus();
  return absl::FailedPreconditionError(absl::StrCat("not serving: ", ReasonIn(context)));
}

}  // namespace partnerlink::server
