#include "services/invitation/parties/store.h"

namespace partnerlink::invitation::parties {

using postgres::Transaction;

Partner PartnerFrom(const pqxx::row& row, int first) {
  return {row[first].as<std::string>(),     row[first + 1].as<std::string>(),
          row[first + 2].as<std::string>(), row[first + 3].as<bool>(),
          row[first + 4].as<bool>(),        row[first + 5].as<bool>()};
}

Provider ProviderFrom(const pqxx::row& row, int first) {
  return {PartnerFrom(row, first), row[first + 6].as<bool>(), row[first + 7].as<std::string>(),
          row[first + 8].as<bool>()};
}

std::optional<Partner> FindPartner(Transaction& transaction, const std::string& name) {
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT name, display_name, country, state = 'ACTIVE', 'RESELLER' = ANY (types),
              'PROVIDER' = ANY (types)
            FROM relationship.published_partners WHERE name = $1)sql",
      name);
  if (rows.empty()) return std::nullopt;
  return PartnerFrom(rows[0], 0);
}

std::optional<Provider> FindProvider(Transaction& transaction, const std::string& name,
                                     const std::string& reseller) {
  if (name.empty()) return std::nullopt;
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT p.name, p.display_name, p.country, p.state = 'ACTIVE',
              'RESELLER' = ANY (p.types), 'PROVIDER' = ANY (p.types), p.provider_consent = 'CONFIRM',
              coalesce(s.provider || '/partnerships/' || s.id, ''), coalesce(s.state = 'ACTIVE', false)
            FROM relationship.published_partners p
            LEFT JOIN relationship.published_partnerships s ON s.provider = p.name AND s.reseller = $2
            WHERE p.name = $1)sql",
      name, reseller);
  if (rows.empty()) return std::nullopt;
  return ProviderFrom(rows[0], 0);
}

void SharePartnership(Transaction& transaction, const std::string& provider,
                      const std::string& reseller) {
  transaction.RunLater("SELECT relationship.share_partnership($1, $2)", provider, reseller);
}

}  // namespace partnerlink::invitation::parties
