#include "services/relationship/removals/store.h"

namespace partnerlink::relationship::removals {

using postgres::Transaction;

std::optional<Revocation> FindDue(Transaction& transaction) {
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT partner, relationship, customer FROM relationship.revocations
            WHERE done_time IS NULL AND due_time <= statement_timestamp()
            ORDER BY due_time LIMIT 1)sql");
  if (rows.empty()) return std::nullopt;
  return Revocation{.partner = rows[0][0].as<std::string>(),
                    .relationship = rows[0][1].as<std::string>(),
                    .customer = rows[0][2].as<std::string>()};
}

bool Take(Transaction& transaction, const Revocation& revocation) {
  return !transaction
              .Run(R"sql(SELECT true FROM relationship.revocations
                         WHERE partner = $1 AND relationship = $2 AND done_time IS NULL
                         FOR UPDATE SKIP LOCKED)sql",
                   revocation.partner, revocation.relationship)
              .empty();
}

void Close(Transaction& transaction, const Revocation& revocation, const std::string& outcome) {
  transaction.RunLater(
      R"sql(UPDATE relationship.revocations SET done_time = clock_timestamp(), outcome = $3
            WHERE partner = $1 AND relationship = $2)sql",
      revocation.partner, revocation.relationship, outcome);
}

}  // namespace partnerlink::relationship::removals
