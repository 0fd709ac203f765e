// Builds a gRPC server with the limits that all ports have.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "grpcpp/impl/service_type.h"
#include "grpcpp/security/server_credentials.h"
#include "grpcpp/server.h"

namespace partnerlink::server {

// Told the full names of the services just before the server takes its first call.
using NamesListener = std::function<void(const std::vector<std::string>&)>;

struct Port {
  std::string name;     // for messages, such as `data`
  std::string address;  // `{IP address}:{port}`; port 0 takes a free one
  std::shared_ptr<grpc::ServerCredentials> credentials;
  std::vector<grpc::Service*> services;
  bool reflection = false;
  // Full names of services that run elsewhere, for reflection to list and describe: behind a
  // gateway one server answers for all. Their messages must be linked into the program.
  std::vector<std::string> described = {};
  NamesListener on_names = nullptr;  // may be empty
};

struct Listener {
  std::unique_ptr<grpc::Server> server;
  int port = 0;  // the one it got
};

// UNAVAILABLE, naming the address, if it cannot be listened on.
absl::StatusOr<Listener> Listen(const Port& port);

}  // namespace partnerlink::server
