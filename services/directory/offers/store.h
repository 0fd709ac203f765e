// The SQL of offers. Every function runs inside the caller's transaction, under its account's
// row-level security; decides nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/filter/filter.h"
#include "common/postgres/transact.h"
#include "partnerlink/directory/v1/offer.pb.h"

namespace partnerlink::directory::offers {

// An offer's row.
struct Row {
  v1::Offer offer;
  int64_t revision = 0;
};

enum class Lock { kNone, kForUpdate };

// For update only by an operator: nobody else finds a row so.
std::optional<Row> Find(postgres::Transaction& transaction, const std::string& name,
                        Lock lock = Lock::kNone);

// Inserts the offer; none if its name is taken.
std::optional<Row> Insert(postgres::Transaction& transaction, const v1::Offer& offer);

// Writes what a caller can write; none if there is no such offer.
std::optional<Row> Update(postgres::Transaction& transaction, const v1::Offer& offer);

// At most `limit` offers that the filter admits, by name, after the one named `after`.
std::vector<v1::Offer> List(postgres::Transaction& transaction, const filter::Clause& filter,
                            const std::string& after, int limit);

// The first parameter that List leaves to the filter.
inline constexpr int kListFirstFilterParameter = 3;

// The fields that a list can be filtered by.
std::vector<filter::Field> ListFields();

}  // namespace partnerlink::directory::offers
