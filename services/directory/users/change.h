// What the changes of a user share.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/access/permission.h"
#include "common/context/call_context.h"
#include "common/postgres/transact.h"
#include "common/request/request.h"
#include "services/directory/users/rules.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::users {

// The user, locked, if the caller has the permission; its grants stay as they are from then on, but
// for what the clock ends. In this order: the refusal of the decision, NOT_FOUND, ETAG_MISMATCH,
// STATE_TRANSITION.
absl::StatusOr<Row> OpenForChange(postgres::Transaction& transaction, const Principal& caller,
                                  const access::Permission& permission,
                                  const request::ChildName& name, const std::string& etag,
                                  Action action);

// What a write of that user has answered; where the wall before it has closed, as the grant that
// the decision rested on has ended by the clock, the refusal.
absl::StatusOr<Row> Written(postgres::Transaction& transaction, const Principal& caller,
                            const access::Permission& permission, const Row& before,
                            std::optional<Row> after);

}  // namespace partnerlink::directory::users
