// RelationshipService: its methods, each bound to its handler.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/outbox/relay.h"
#include "common/rpc/service.h"
#include "services/relationship/deps.h"

namespace partnerlink::relationship {

// What `deps` names, the relays to Directory and to Invitation and what `edge` names outlive the
// service. An error if a method has no handler or no sound access option.
absl::StatusOr<std::unique_ptr<rpc::Service>> MakeService(const Deps& deps,
                                                          outbox::Relay& directory_relay,
                                                          outbox::Relay& invitation_relay,
                                                          const rpc::Edge& edge);

}  // namespace partnerlink::relationship
