// L: bare gRPC on the callback API, with none of our code in the way of a call. Serves until
// SIGTERM.
#include <pthread.h>
#include <signal.h>

#include <iostream>
#include <memory>
#include <string>

#include "absl/flags/flag.h"
#include "absl/flags/parse.h"
#include "grpcpp/server_builder.h"
#include "probe_service.grpc.pb.h"
#include "tests/bench/transport.h"

ABSL_FLAG(std::string, data_address, "", "Address of the port with mutual TLS");
ABSL_FLAG(std::string, plaintext_address, "", "Address of the port without");

namespace partnerlink::bench {
namespace {

using google::protobuf::Empty;

class EmptyService final : public v1::EmptyService::CallbackService {
  grpc::ServerUnaryReactor* Call(grpc::CallbackServerContext* context, const Empty*,
                                 Empty*) override {
    grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
    reactor->Finish(grpc::Status::OK);
    return reactor;
  }
};

int Serve(const sigset_t& signals) {
  const auto credentials = auth::ServerCredentials(TlsFromFlags());
  if (!credentials.ok()) {
    std::cerr << credentials.status() << "\n";
    return 1;
  }
  EmptyService service;
  grpc::ServerBuilder builder;
  builder.AddListeningPort(absl::GetFlag(FLAGS_data_address), *credentials);
  builder.AddListeningPort(absl::GetFlag(FLAGS_plaintext_address),
                           grpc::InsecureServerCredentials());
  builder.RegisterService(&service);
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (server == nullptr) return 1;
  int signal = 0;
  sigwait(&signals, &signal);
  server->Shutdown(std::chrono::system_clock::now());
  return 0;
}

}  // namespace
}  // namespace partnerlink::bench

int main(int argc, char** argv) {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  absl::ParseCommandLine(argc, argv);
  return partnerlink::bench::Serve(signals);
}
