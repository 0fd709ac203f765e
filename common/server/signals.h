// SIGTERM and SIGINT are waited for, not handled: no code of ours runs inside a signal handler.
#pragma once

#include "absl/time/time.h"

namespace partnerlink::server {

// The first line of main: blocks both signals for this thread and all that it starts later, and
// ignores SIGPIPE.
void BlockSignals();

// Waits for one of the signals and takes it. Its number; 0 when `timeout` has passed.
int WaitForSignal(absl::Duration timeout);

}  // namespace partnerlink::server
