#include "services/relationship/creations/store.h"

#include "common/postgres/text_array.h"

namespace partnerlink::relationship::creations {

using postgres::ToTextArray;
using postgres::Transaction;

void LockCustomers(Transaction& transaction, const std::vector<std::string>& customers) {
  transaction.Run(
      // The keys of LockCustomer. Materialised: in this order, and before any is taken.
      R"sql(
      WITH keys AS MATERIALIZED (
        SELECT hashtextextended(name, 0) AS key FROM unnest($1::text[]) AS name ORDER BY 1)
      SELECT count(pg_advisory_xact_lock(key)::text) FROM keys)sql",
      ToTextArray(customers));
}

std::map<std::string, relationships::Customer> FindKnown(
    Transaction& transaction, const std::vector<std::string>& customers) {
  std::map<std::string, relationships::Customer> known;
  for (const pqxx::row& row : transaction.Run(
           R"sql(
           SELECT asked.name,
             EXISTS (SELECT FROM relationship.relationships r WHERE r.customer = asked.name),
             coalesce(c.country, '')
           FROM unnest($1::text[]) AS asked (name)
           LEFT JOIN relationship.customers c ON c.name = asked.name)sql",
           ToTextArray(customers))) {
    known[row[0].as<std::string>()] = {row[1].as<bool>(), row[2].as<std::string>()};
  }
  return known;
}

void KeepCountries(Transaction& transaction, const std::vector<std::string>& customers,
                   const std::vector<std::string>& countries) {
  transaction.RunLater(
      R"sql(INSERT INTO relationship.customers (name, country)
            SELECT name, country FROM unnest($1::text[], $2::text[]) AS given (name, country)
            ORDER BY name
            ON CONFLICT DO NOTHING)sql",
      ToTextArray(customers), ToTextArray(countries));
}

}  // namespace partnerlink::relationship::creations
