// What a change of an invitation leaves in audit and outbox.
#pragma once

#include <string>

#include "common/outbox/change.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::invitations {

// `event` such as `invitation.issued`; `before` or `after` is null where the row was not there yet,
// or is gone. The payload is the invitation, which never holds the link.
outbox::Change ChangeOf(const std::string& event, const Row* before, const Row* after,
                        const std::string& cause = "");

}  // namespace partnerlink::invitation::invitations
