// What a change of a transfer leaves in audit and outbox.
#pragma once

#include "common/outbox/change.h"
#include "services/directory/transfers/store.h"

namespace partnerlink::directory::transfers {

// `transfer.requested`, `.accepted`, `.refused`, `.cancelled` or `.expired`, by the state that it
// is in now, for both partners, with the transfer as payload. `before` is null where it was not
// there yet.
void Record(outbox::Changes& changes, const Row* before, const Row& after);

}  // namespace partnerlink::directory::transfers
