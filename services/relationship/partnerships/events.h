// What a change of a partnership leaves in audit and outbox.
#pragma once

#include <string_view>

#include "common/outbox/change.h"
#include "services/relationship/partnerships/store.h"

namespace partnerlink::relationship::partnerships {

// A row for the eyes of each side; `before` is null for a new one. Of an end Invitation hears, too.
void Record(outbox::Changes& changes, std::string_view event, const Row* before, const Row& after);

}  // namespace partnerlink::relationship::partnerships
