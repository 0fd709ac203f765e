// What partners have created and Relationship refuses: the customer is gone again with all that
// came with it, its id and correlation id free. Where somebody else serves it, only what made it
// its creator's is gone, its first administrator too; the company stays as it is, for the customer
// to correct. Audited, and told to the creator as `customer.refused`.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/outbox/relay.h"
#include "common/postgres/transact.h"

namespace partnerlink::directory::customers {

// For outbox::Settle: the answer to EstablishRelationships.
absl::Status SettleCreation(postgres::Transaction& transaction, const outbox::Delivery& delivery,
                            const std::string& answer);

// The answer to EstablishCreatedCustomers.
absl::Status SettleCreations(postgres::Transaction& transaction, const outbox::Delivery& delivery,
                             const std::string& answer);

}  // namespace partnerlink::directory::customers
