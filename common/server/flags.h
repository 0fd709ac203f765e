// The flags that all services share; `--help` lists them. `--flagfile=` reads them from a file,
// `--fromenv=x` reads `FLAGS_x`.
#pragma once

#include "absl/status/statusor.h"
#include "common/server/options.h"

namespace partnerlink::server {

// For main.cc, after absl::ParseCommandLine. INVALID_ARGUMENT, naming every flag at fault at once:
// a required one that is missing, one out of its range, a conninfo that is malformed or holds a
// password (use `passfile=`).
absl::StatusOr<Options> OptionsFromFlags();

// Logs the value of every flag that our own sources define, the service's too, as event
// `configuration`. Masked: flags whose name speaks of a password, secret, token or key, except
// paths of files (`*_file`), and a conninfo with a password.
void LogConfiguration();

}  // namespace partnerlink::server
