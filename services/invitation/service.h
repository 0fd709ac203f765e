// InvitationService: which function answers which method.
#pragma once

#include <memory>

#include "absl/status/statusor.h"
#include "common/outbox/relay.h"
#include "common/rpc/service.h"
#include "services/invitation/deps.h"

namespace partnerlink::invitation {

// Fails if a declared method is not served or has no sound access option. The arguments outlive the
// service.
absl::StatusOr<std::unique_ptr<rpc::Service>> MakeService(const Deps& deps,
                                                          outbox::Relay& relationship_relay,
                                                          const rpc::Edge& edge);

}  // namespace partnerlink::invitation
