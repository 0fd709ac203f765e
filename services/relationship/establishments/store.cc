#include "services/relationship/establishments/store.h"

namespace partnerlink::relationship::establishments {

std::optional<std::string> Find(postgres::Transaction& transaction, const std::string& source) {
  const pqxx::result rows =
      transaction.Run("SELECT response FROM relationship.establishments WHERE source = $1", source);
  if (rows.empty()) return std::nullopt;
  return pqxx::binarystring(rows[0][0]).str();
}

void Keep(postgres::Transaction& transaction, const std::string& source,
          const std::string& response) {
  transaction.Run("INSERT INTO relationship.establishments (source, response) VALUES ($1, $2)",
                  source, pqxx::binarystring(response));
}

}  // namespace partnerlink::relationship::establishments
