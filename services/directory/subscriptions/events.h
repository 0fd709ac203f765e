// What a change of a subscription leaves in audit, outbox and history.
#pragma once

#include <string>

#include "common/outbox/change.h"
#include "common/postgres/transact.h"
#include "partnerlink/directory/v1/order.pb.h"
#include "services/directory/subscriptions/store.h"

namespace partnerlink::directory::subscriptions {

// What was done with the subscription: an audit row, an event (`subscription.created`, `.enlarged`,
// `.updated`, `.suspended`, `.reactivated`, `.cancelled`, `.expired`, `.transferred`) with the
// subscription as payload, and a row of its history. `before` is null where the row was not there
// yet.
void Record(postgres::Transaction& transaction, outbox::Changes& changes,
            v1::SubscriptionChange::Kind kind, const Row* before, const Row& after,
            const std::string& cause = "");

}  // namespace partnerlink::directory::subscriptions
