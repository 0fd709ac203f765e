// The SQL of grants. Every function runs inside the caller's transaction, under its account's
// row-level security; decides nothing. The state of a grant that is read is the one in effect:
// ACTIVE past its end reads EXPIRED, by the database's clock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/filter/filter.h"
#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "partnerlink/relationship/v1/relationship.pb.h"

namespace partnerlink::relationship::grants {

// `partner` is `partners/{id}`, `id` the UUID.
std::optional<v1::Grant> Find(postgres::Transaction& transaction, const std::string& partner,
                              const std::string& id);

// The names of at most `limit` grants in force of a partner over a customer.
std::vector<std::string> NamesInForce(postgres::Transaction& transaction,
                                      const std::string& partner, const std::string& customer,
                                      int limit);

// The grants of the page, and one more if there is one.
std::vector<v1::Grant> List(postgres::Transaction& transaction, const paging::NewestFirst& list);

// The fields that a list can be filtered by.
std::vector<filter::Field> ListFields();

// Inserts the grant; it starts now and ends after its duration.
v1::Grant Insert(postgres::Transaction& transaction, const v1::Grant& grant);

}  // namespace partnerlink::relationship::grants
