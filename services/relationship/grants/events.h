// What a change of a grant leaves in audit and outbox.
#pragma once

#include <string_view>

#include "common/outbox/change.h"
#include "services/relationship/grants/store.h"

namespace partnerlink::relationship::grants {

// A row for the eyes of each side that sees the grant: of a draft the customer hears nothing.
// `before` or `after` is null where the row was not there yet, or is gone.
void Record(outbox::Changes& changes, std::string_view event, const Row* before, const Row* after,
            std::string_view cause = "");

}  // namespace partnerlink::relationship::grants
