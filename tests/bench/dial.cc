#include "tests/bench/dial.h"

#include <utility>

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "grpcpp/create_channel.h"
#include "tests/bench/transport.h"

namespace partnerlink::bench {

absl::StatusOr<std::shared_ptr<grpc::Channel>> Dial(const std::string& address,
                                                    const std::string& peer) {
  std::shared_ptr<grpc::ChannelCredentials> credentials = grpc::InsecureChannelCredentials();
  if (!peer.empty()) {
    auto secured = auth::ChannelCredentials(TlsFromFlags(), peer);
    if (!secured.ok()) return secured.status();
    credentials = *std::move(secured);
  }
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a connection for each channel
  auto channel = grpc::CreateCustomChannel(address, credentials, arguments);
  if (!channel->WaitForConnected(absl::ToChronoTime(absl::Now() + absl::Seconds(5)))) {
    return absl::UnavailableError("no connection to " + address);
  }
  return channel;
}

}  // namespace partnerlink::bench
