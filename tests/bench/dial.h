// A connection of the clients to a server.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "grpcpp/channel.h"

namespace partnerlink::bench {

// A connection of its own, by the certificates of the flags; `peer` is the service that the
// server's certificate must name, empty: no TLS. UNAVAILABLE where none comes about within 5 s.
absl::StatusOr<std::shared_ptr<grpc::Channel>> Dial(const std::string& address,
                                                    const std::string& peer);

}  // namespace partnerlink::bench
