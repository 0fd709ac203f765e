#include "common/server/listener.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/status/status.h"
#include "grpcpp/ext/proto_server_reflection_plugin.h"
#include "grpcpp/impl/codegen/rpc_service_method.h"
#include "grpcpp/impl/codegen/server_callback_handlers.h"
#include "grpcpp/impl/server_builder_option.h"
#include "grpcpp/impl/server_builder_plugin.h"
#include "grpcpp/impl/server_initializer.h"
#include "grpcpp/resource_quota.h"
#include "grpcpp/server_builder.h"

namespace partnerlink::server {
namespace {

constexpr int kSecond = 1000;  // milliseconds
constexpr int kMinute = 60 * kSecond;
constexpr int kMaxReceiveBytes = 1 << 20;
// The gateway takes 32 KiB and adds the original path, where a filter may be long: what it lets in
// must get an answer with a reason.
constexpr int kMaxMetadataBytes = 64 << 10;
constexpr size_t kMaxBufferBytes = 256u << 20;
// Only reflection, which gRPC has written for its blocking API, takes threads from the quota.
constexpr int kMaxThreads = 4;

// A service does not say its name; the server knows it once the service is registered.
class NamesPlugin final : public grpc::ServerBuilderPlugin {
 public:
  explicit NamesPlugin(NamesListener on_names) : on_names_(std::move(on_names)) {}

  std::string name() override { return "service_names"; }
  void InitServer(grpc::ServerInitializer* server) override {
    on_names_(*server->GetServiceList());
  }
  void Finish(grpc::ServerInitializer*) override {}
  void ChangeArguments(const std::string&, void*) override {}

 private:
  const NamesListener on_names_;
};

// Stands for a service that runs elsewhere: reflection lists it, calls get UNIMPLEMENTED.
class DescribedService final : public grpc::Service {
 public:
  explicit DescribedService(const std::string& name) : path_("/" + name + "/") {
    AddMethod(new grpc::internal::RpcServiceMethod(path_.c_str(),
                                                   grpc::internal::RpcMethod::NORMAL_RPC, nullptr));
    MarkMethodRawCallback(
        0,
        new grpc::internal::CallbackUnaryHandler<grpc::ByteBuffer, grpc::ByteBuffer>(
            [](grpc::CallbackServerContext* context, const grpc::ByteBuffer*, grpc::ByteBuffer*) {
              auto* reactor = context->DefaultReactor();
              reactor->Finish(grpc::Status(grpc::StatusCode::UNIMPLEMENTED, ""));
              return reactor;
            }));
  }

 private:
  const std::string path_;  // gRPC keeps a pointer to it
};

// Registers them behind the server's own services, which health has heard of by then.
class DescribedPlugin final : public grpc::ServerBuilderPlugin {
 public:
  explicit DescribedPlugin(std::vector<std::string> names) : names_(std::move(names)) {}

  std::string name() override { return "described_services"; }
  void InitServer(grpc::ServerInitializer* server) override {
    const std::vector<std::string> served = *server->GetServiceList();
    for (const std::string& service : names_) {
      if (std::find(served.begin(), served.end(), service) == served.end()) {
        server->RegisterService(std::make_shared<DescribedService>(service));
      }
    }
  }
  void Finish(grpc::ServerInitializer*) override {}
  void ChangeArguments(const std::string&, void*) override {}

 private:
  const std::vector<std::string> names_;
};

class Plugins final : public grpc::ServerBuilderOption {
 public:
  explicit Plugins(const Port& port) : port_(port) {}

  void UpdateArguments(grpc::ChannelArguments*) override {}
  void UpdatePlugins(std::vector<std::unique_ptr<grpc::ServerBuilderPlugin>>* plugins) override {
    // Linking reflection adds it to every server of the process.
    plugins->clear();
    if (port_.on_names) plugins->push_back(std::make_unique<NamesPlugin>(port_.on_names));
    plugins->push_back(std::make_unique<DescribedPlugin>(port_.described));
    if (port_.reflection) {
      plugins->push_back(std::make_unique<grpc::reflection::ProtoServerReflectionPlugin>());
    }
  }

 private:
  const Port& port_;
};

void Limit(const std::string& name, grpc::ServerBuilder& builder) {
  grpc::ResourceQuota quota(name);
  quota.Resize(kMaxBufferBytes).SetMaxThreads(kMaxThreads);
  builder.SetResourceQuota(quota);
  builder.SetSyncServerOption(grpc::ServerBuilder::NUM_CQS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MIN_POLLERS, 1);
  builder.SetSyncServerOption(grpc::ServerBuilder::MAX_POLLERS, 1);

  builder.SetMaxReceiveMessageSize(kMaxReceiveBytes);
  // A small compressed message may expand to one of gigabytes before its size is looked at.
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_DEFLATE, false);
  builder.SetCompressionAlgorithmSupportStatus(GRPC_COMPRESS_GZIP, false);

  builder.AddChannelArgument(GRPC_ARG_MAX_METADATA_SIZE, kMaxMetadataBytes);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONCURRENT_STREAMS, 100);
  builder.AddChannelArgument(GRPC_ARG_SERVER_HANDSHAKE_TIMEOUT_MS, 5 * kSecond);
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_IDLE_MS, 5 * kMinute);
  // gRPC itself spreads the age by 10 % to either side.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_MS, 10 * kMinute);
  // For the streams of a connection that takes no new calls any more: exports and imports of long
  // lists. What shuts down has a deadline of its own.
  builder.AddChannelArgument(GRPC_ARG_MAX_CONNECTION_AGE_GRACE_MS, 60 * kMinute);
  builder.AddChannelArgument(GRPC_ARG_HTTP2_MIN_RECV_PING_INTERVAL_WITHOUT_DATA_MS, 10 * kSecond);
  builder.AddChannelArgument(GRPC_ARG_KEEPALIVE_PERMIT_WITHOUT_CALLS, 1);
  // A second process on the same port would silently take half of the connections.
  builder.AddChannelArgument(GRPC_ARG_ALLOW_REUSEPORT, 0);
}

}  // namespace

absl::StatusOr<Listener> Listen(const Port& port) {
  grpc::ServerBuilder builder;
  Limit(port.name, builder);
  builder.SetOption(std::make_unique<Plugins>(port));
  Listener listener;
  builder.AddListeningPort(port.address, port.credentials, &listener.port);
  for (grpc::Service* service : port.services) builder.RegisterService(service);
  listener.server = builder.BuildAndStart();
  if (listener.server == nullptr) {
    return absl::UnavailableError("cannot listen on " + port.address + " for " + port.name);
  }
  return listener;
}

}  // namespace partnerlink::server
