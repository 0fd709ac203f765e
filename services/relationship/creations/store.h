// The SQL of customers that were created many at a time. Every function runs inside the caller's
// transaction, of the worker login; decides nothing.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "common/postgres/transact.h"
#include "services/relationship/relationships/store.h"

namespace partnerlink::relationship::creations {

// Nobody establishes anything for one of the customers until the transaction ends. Always in the
// same order, so that two such calls do not wait for each other.
void LockCustomers(postgres::Transaction& transaction, const std::vector<std::string>& customers);

// What is known of the customers, by name; of those that nobody knows nothing.
std::map<std::string, relationships::Customer> FindKnown(postgres::Transaction& transaction,
                                                         const std::vector<std::string>& customers);

// Keeps the country of each, where none is kept.
void KeepCountries(postgres::Transaction& transaction, const std::vector<std::string>& customers,
                   const std::vector<std::string>& countries);

}  // namespace partnerlink::relationship::creations
