// What the changes of a transfer share.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/request/asked_change.h"
#include "services/directory/deps.h"
#include "services/directory/transfers/rules.h"
#include "services/directory/transfers/store.h"

namespace partnerlink::directory::transfers {

// The transfer, for one of its partners, if the action is that one's; RESOURCE_NOT_FOUND,
// PERMISSION_MISSING.
absl::StatusOr<Row> Look(postgres::Transaction& transaction, const Principal& caller,
                         const std::string& name, Action action);

// The same, locked, as it is behind the lock; also ETAG_MISMATCH, STATE_TRANSITION.
absl::StatusOr<Row> OpenForChange(postgres::Transaction& transaction, const Principal& caller,
                                  const request::AskedChange& change, Action action);

// What a write has answered; where its guard did not hold, as the clock went on, the refusal.
absl::StatusOr<Row> Written(postgres::Transaction& transaction, const Row& before, Action action,
                            std::optional<Row> after);

// FIELD_INVALID with every violation.
absl::Status CheckChange(const request::AskedChange& change);

// Refuses a transfer or takes it back, for the reason that is given: see OpenForChange.
absl::StatusOr<v1::Transfer> Close(const CallContext& context, const Deps& deps,
                                   const request::AskedChange& change, Action action);

}  // namespace partnerlink::directory::transfers
