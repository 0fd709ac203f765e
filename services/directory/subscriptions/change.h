// What the changes of a subscription share.
#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/request/asked_change.h"
#include "services/directory/deps.h"
#include "services/directory/subscriptions/rules.h"
#include "services/directory/subscriptions/store.h"

namespace partnerlink::directory::subscriptions {

// The subscription, locked, if the caller may change it; the relationship that it was sold through
// and the caller's grants stay as they are from then on. In this order: what SightOf and
// CheckManager refuse with, ETAG_MISMATCH.
absl::StatusOr<Row> OpenForChange(postgres::Transaction& transaction, const Principal& caller,
                                  const std::string& name, const std::string& etag);

// What a write has answered; where its guard did not hold, as the clock went on, the refusal: that
// of CheckManager, where a grant has ended, or of CheckAction.
absl::StatusOr<Row> Written(postgres::Transaction& transaction, const Principal& caller,
                            const Row& before, Action action, std::optional<Row> after);

// FIELD_INVALID with every violation.
absl::Status CheckChange(const request::AskedChange& change);

// Brings the subscription into another state, for the reason that is given. Refused as
// OpenForChange, and with STATE_TRANSITION.
absl::StatusOr<v1::Subscription> ChangeState(const CallContext& context, const Deps& deps,
                                             const request::AskedChange& change, Action action,
                                             v1::SubscriptionChange::Kind kind);

}  // namespace partnerlink::directory::subscriptions
