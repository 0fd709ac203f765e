// The end of grants that follows from something else than a call about them.
#pragma once

#include <string>

#include "common/outbox/change.h"
#include "common/postgres/transact.h"

namespace partnerlink::relationship::grants {

// Ends every grant in force of the partner over the customer, with the cause, and records it for
// both sides.
void TerminateAllOf(postgres::Transaction& transaction, outbox::Changes& changes,
                    const std::string& partner, const std::string& customer,
                    const std::string& cause);

}  // namespace partnerlink::relationship::grants
