// What a change of a subscription leaves in audit and outbox.
#pragma once

#include <string>
#include <vector>

#include "common/outbox/change.h"
#include "services/directory/subscriptions/store.h"

namespace partnerlink::directory::subscriptions {

// `event` such as `subscription.created`; `before` is null where the row was not there yet. The
// payload is the subscription.
outbox::Change ChangeOf(const std::string& event, const Row* before, const Row& after);

// `subscription.cancelled` of each, with the end's cause.
void RecordCancelled(outbox::Changes& changes, const std::vector<Changed>& cancelled);

}  // namespace partnerlink::directory::subscriptions
