// The SQL of orders. Every function runs inside the caller's transaction, under its account's
// row-level security; decides nothing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "common/filter/filter.h"
#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "partnerlink/directory/v1/order.pb.h"

namespace partnerlink::directory::orders {

// Inserts an order as it was fulfilled, its lines with offer and subscription; answers it with its
// name and time.
v1::Order Insert(postgres::Transaction& transaction, const v1::Order& order);

// An order of the customer; only one that this partner placed, if `partner` is not empty.
std::optional<v1::Order> Find(postgres::Transaction& transaction, const std::string& customer,
                              const std::string& id, const std::string& partner);

// The orders of the page, and one more if there is one; `partner` as for Find.
std::vector<v1::Order> List(postgres::Transaction& transaction, const paging::NewestFirst& list,
                            const std::string& partner);

// The fields that a list can be filtered by.
std::vector<filter::Field> ListFields();

}  // namespace partnerlink::directory::orders
