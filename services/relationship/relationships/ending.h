// What a customer's ending of a relationship, its taking back and its date share.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/outbox/change.h"
#include "common/postgres/transact.h"
#include "common/request/asked_change.h"
#include "services/relationship/relationships/store.h"

namespace partnerlink::relationship::relationships {

// FIELD_INVALID with every violation.
absl::Status CheckEndChange(const request::AskedChange& change);

// The customer's relationship, held until the transaction ends: RESOURCE_NOT_FOUND, ETAG_MISMATCH.
// Waits for the transactions that order or change something through it.
absl::StatusOr<Row> LockAsCustomer(postgres::Transaction& transaction, const Principal& caller,
                                   const request::AskedChange& change);

// Ends the grants that were to end with the relationship, which is over.
void EndGrantsWith(postgres::Transaction& transaction, outbox::Changes& changes, const Row& ended);

}  // namespace partnerlink::relationship::relationships
