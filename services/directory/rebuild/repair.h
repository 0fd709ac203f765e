// Mends what a comparison has found, one customer in one short transaction, under the lock that
// ApplyRelationships takes; every partner whose list changes gets its audit row and its event.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "common/outbox/change.h"
#include "common/postgres/pool.h"

namespace partnerlink::directory::rebuild {

// The operator, for the audit; `run` is a UUID by which all that one run changes is found.
outbox::Actor Mender(const std::string& subject, const std::string& reason, const std::string& run);

// Compares the customer once more, alone, and makes right what still differs; answers how much that
// was. CONFLICT while somebody else changes the customer: it may be tried again. NOT_FOUND if
// Directory does not know the customer: its company is not Relationship's to tell, so that its
// relationships cannot be told again from here.
absl::StatusOr<int> MendCustomer(postgres::Pool& pool, const outbox::Actor& mender,
                                 const std::string& customer);

}  // namespace partnerlink::directory::rebuild
