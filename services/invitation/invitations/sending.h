// Having the service send an invitation's mail: what every call that may ask for it shares.
#pragma once

#include "absl/status/statusor.h"
#include "common/outbox/change.h"
#include "services/invitation/deps.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::invitations {

// Queues the mail of the invitation's current link and records it; the row must be locked or new,
// and its partner active. Answers the row with its delivery: QUEUED, or SUPPRESSED where the
// address gets no mail. Where that is so already, the row as it is, and nothing is queued or
// recorded. STATE_TRANSITION unless it is PENDING; RECIPIENT_MISSING, MAIL_DISABLED,
// QUOTA_EXCEEDED.
absl::StatusOr<Row> QueueMail(postgres::Transaction& transaction, outbox::Changes& changes,
                              const Deps& deps, const Row& row);

}  // namespace partnerlink::invitation::invitations
