#include "common/rpc/peer_client.h"

#include <utility>

#include "common/rpc/wire.h"
#include "grpcpp/create_channel.h"
#include "grpcpp/support/channel_arguments.h"

namespace partnerlink::rpc {
namespace {

// A peer that comes back is found again within a second. MIN_RECONNECT_BACKOFF is how long
// connecting may take: on a busy machine a TLS handshake takes more than a tenth of a second.
grpc::ChannelArguments Arguments() {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 100);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 1000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 30000);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5000);
  return arguments;
}

struct UnaryCall {
  grpc::ClientContext context;
  grpc::ByteBuffer request;
  grpc::ByteBuffer response;
};

}  // namespace

PeerClient::PeerClient(const std::string& address,
                       const std::shared_ptr<grpc::ChannelCredentials>& credentials)
    : stub_(grpc::CreateCustomChannel(address, credentials, Arguments())) {}

void PeerClient::Call(const std::string& method, const std::string& request, absl::Time deadline,
                      std::function<void(absl::StatusOr<std::string>)> done) {
  auto call = std::make_shared<UnaryCall>();
  call->request = FromString(request);
  call->context.set_deadline(absl::ToChronoTime(deadline));
  stub_.UnaryCall(&call->context, "/" + method, grpc::StubOptions(), &call->request,
                  &call->response, [call, done = std::move(done)](const grpc::Status& status) {
                    if (status.ok()) {
                      done(ToString(call->response));
                    } else {
                      done(FromGrpc(status));
                    }
                  });
}

}  // namespace partnerlink::rpc
