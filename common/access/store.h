// What partners hold, read from the views that Relationship publishes: the ground of every decision
// about access. Decides nothing.
#pragma once

#include <string>
#include <unordered_map>
#include <vector>

#include "common/access/decision.h"
#include "common/postgres/transact.h"

namespace partnerlink::access {

// What the transaction's account, a partner, holds of each of the customers; each has an entry, and
// all are of one moment. One statement: also for postgres::Access::kOneStatement.
std::unordered_map<std::string, Facts> FindFacts(postgres::Transaction& transaction,
                                                 const std::vector<std::string>& customers);

// What the principal, whose account the transaction is of, holds of the customer; nothing for
// others than partners.
Facts FindFacts(postgres::Transaction& transaction, const Principal& principal,
                const std::string& customer);

// What another partner holds of the customer, for what it and the transaction's account do
// together. The transaction is its own account's again afterwards.
Facts FindFactsOf(postgres::Transaction& transaction, const std::string& partner,
                  const std::string& customer);

// Keeps the relationship, by name, as it is until the transaction ends: whoever orders or changes
// something through it shares its lock, and reads the facts behind it.
void ShareEdge(postgres::Transaction& transaction, const std::string& relationship);

// What the principal holds of the customer, with its grants as they are until the transaction ends:
// whoever changes something by one of them decides by this. Comes after ShareEdge.
Facts FindFactsAndShareGrants(postgres::Transaction& transaction, const Principal& principal,
                              const std::string& customer);

}  // namespace partnerlink::access
