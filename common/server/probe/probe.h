// Asks a server's health port how it is; `partnerlink-health` does so from a shell, for containers.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace partnerlink::server {

// OK if the server at `address`, `{host}:{port}`, says SERVING of `name`: empty for the whole
// process, else a service or `liveness`. FAILED_PRECONDITION with the server's reason if it says
// anything else; otherwise why there was no answer within `timeout`.
absl::Status ProbeHealth(const std::string& address, const std::string& name,
                         absl::Duration timeout);

}  // namespace partnerlink::server
