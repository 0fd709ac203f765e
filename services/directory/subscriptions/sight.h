// One subscription, for whoever sees it.
#pragma once

#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/postgres/transact.h"
#include "common/request/request.h"
#include "services/directory/subscriptions/store.h"

namespace partnerlink::directory::subscriptions {

// The refusals of SightOf; NotSeen.
absl::StatusOr<Row> FindSeen(postgres::Transaction& transaction, const Principal& caller,
                             const request::ChildName& name);

}  // namespace partnerlink::directory::subscriptions
