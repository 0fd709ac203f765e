// The SQL of imports: how far each has come, and a chunk of customers by a statement for all of
// them. Every function runs inside the caller's transaction, under its account's row-level
// security; decides nothing.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/postgres/transact.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "services/directory/imports/rules.h"

namespace partnerlink::directory::imports {

// How far the import has come, and the chunk at the request's position. With `hold` the import is
// begun where there is none, and nobody else goes on with it until the transaction ends.
Progress FindProgress(postgres::Transaction& transaction, const v1::ImportCustomersRequest& request,
                      bool hold);

// What the chunk at the request's position was answered; none if no chunk was committed there.
std::optional<std::string> FindAnswer(postgres::Transaction& transaction,
                                      const v1::ImportCustomersRequest& request);

// Keeps the chunk and its answer, and moves the import behind it.
void KeepChunk(postgres::Transaction& transaction, const v1::ImportCustomersRequest& request,
               const std::string& request_hash, const v1::ImportCustomersResponse& answer);

// Those of the ids by which the partner knows customers of its list, and those that it has created
// and that are on their way there.
std::vector<std::string> KnownCorrelationIds(postgres::Transaction& transaction,
                                             const std::string& partner,
                                             const std::vector<std::string>& ids);

// Inserts the customers that nobody knows yet, `creator`'s, and writes into each its times and its
// etag; the names of those that were inserted.
std::set<std::string> InsertCustomers(postgres::Transaction& transaction,
                                      std::vector<Creation>& creations, const std::string& creator);

// What belongs to customers that were inserted: domains, administrators, what the partner keeps.
void InsertDomains(postgres::Transaction& transaction, const std::vector<Creation>& created);
void InsertFirstAdmins(postgres::Transaction& transaction, const std::vector<Creation>& created);
void InsertOwn(postgres::Transaction& transaction, const std::vector<Creation>& created,
               const std::string& partner);

// Locks the customers until the transaction ends, always in the same order. How many there are.
int64_t Lock(postgres::Transaction& transaction, const std::vector<std::string>& names);

// Writes the request's edges where they are new, or newer than what is known; the customers of
// those that were written.
std::vector<std::string> UpsertEdges(postgres::Transaction& transaction,
                                     const v1::ApplyCreatedCustomersRequest& request);

// Makes the partner's list rows of these customers anew. The channel, of the request's edge, is
// taken where a row has none.
void RebuildListRows(postgres::Transaction& transaction,
                     const v1::ApplyCreatedCustomersRequest& request,
                     const std::vector<std::string>& customers);

}  // namespace partnerlink::directory::imports
