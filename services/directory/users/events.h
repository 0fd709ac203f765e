// What a change of a user leaves in audit and outbox.
#pragma once

#include <string>

#include "common/outbox/change.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::users {

// `event` such as `user.created`; `before` is null where the user was not there yet, `after` where
// it is gone. The payload is the user.
outbox::Change ChangeOf(const std::string& event, const Row* before, const Row* after);

}  // namespace partnerlink::directory::users
