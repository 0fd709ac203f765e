// What the default text of an invitation speaks of.
#pragma once

#include <optional>

#include "services/invitation/invitations/store.h"
#include "services/invitation/message/default_text.h"

namespace partnerlink::invitation::invitations {

// Of the row as it is, and of partner and provider as they are called now.
message::Draft DraftOf(const Row& row, const parties::Partner& partner,
                       const std::optional<parties::Provider>& provider, bool names_sign_up);

}  // namespace partnerlink::invitation::invitations
