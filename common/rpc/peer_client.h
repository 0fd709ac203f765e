// Calls of another service's internal methods, over mutual TLS. Never blocks.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "grpcpp/channel.h"
#include "grpcpp/generic/generic_stub.h"
#include "grpcpp/security/credentials.h"
#include "grpcpp/support/byte_buffer.h"

namespace partnerlink::rpc {

class PeerClient {
 public:
  // `address` as gRPC takes it; `credentials` of auth::ChannelCredentials.
  PeerClient(const std::string& address,
             const std::shared_ptr<grpc::ChannelCredentials>& credentials);

  // Calls `method`, such as
  // `partnerlink.relationship.v1.RelationshipService/EstablishRelationships`, with a serialised
  // request; `done` gets the serialised answer on a thread of gRPC's.
  void Call(const std::string& method, const std::string& request, absl::Time deadline,
            std::function<void(absl::StatusOr<std::string>)> done);

 private:
  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub_;
};

}  // namespace partnerlink::rpc
