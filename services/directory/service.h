// CustomerDirectoryService: its methods, one line each.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/outbox/relay.h"
#include "common/rpc/service.h"
#include "services/directory/deps.h"

namespace partnerlink::directory {

// The service, ready to be registered; an error if a method of the proto is missing or has no sound
// access option. `deps`, the relay to Relationship and what `edge` names
// outlive it.
absl::StatusOr<std::unique_ptr<rpc::Service>> MakeService(const Deps& deps,
                                                          outbox::Relay& relationship_relay,
                                                          const rpc::Edge& edge);

}  // namespace partnerlink::directory
