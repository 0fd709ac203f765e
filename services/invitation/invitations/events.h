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

// Expires what is due of a partner and records it, so that it blocks no new invitation.
void ExpireDueOf(postgres::Transaction& transaction, outbox::Changes& changes,
                 const std::string& partner);

}  // namespace partnerlink::invitation::invitations
