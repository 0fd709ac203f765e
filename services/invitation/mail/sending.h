// What the senders of invitations' mails and of notices do alike.
#pragma once

#include "absl/time/clock.h"
#include "absl/time/time.h"
#include "common/metrics/metrics.h"
#include "common/postgres/transact.h"

namespace partnerlink::invitation::mail {

// A sender's claim of a mail outlives two time-outs of the mail server by this much.
inline constexpr absl::Duration kLeaseReserve = absl::Seconds(2);
// Before it is tried again to record what became of a mail.
inline constexpr absl::Duration kRecordPause = absl::Milliseconds(500);

inline metrics::Counter& Counted(const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(*metrics::Registry()).Add({});
}

// Of a sender's own transactions: no account's.
inline postgres::Scope WorkScope() { return {"", absl::Now() + absl::Seconds(5)}; }

}  // namespace partnerlink::invitation::mail
