// The SQL of those who take part in an invitation, as Relationship publishes them. Every function
// runs inside the caller's transaction; decides nothing.
#pragma once

#include <optional>
#include <string>

#include "common/postgres/transact.h"

namespace partnerlink::invitation::parties {

// What the rules ask of a partner.
struct Partner {
  std::string name;
  std::string display_name;
  std::string country;
  bool active = false;
  bool is_reseller = false;
  bool is_provider = false;
};

// What the rules ask of the provider that a combined invitation names.
struct Provider {
  Partner partner;
  bool wants_to_confirm = false;
  std::string partnership;  // with the reseller: its name; empty without one that is not over
  bool partnership_is_active = false;
};

// From a row's columns, beginning with `first`: name, display_name, country, whether it is active,
// a reseller, a provider; of a provider also whether it wants to confirm, the partnership's name
// and whether that is active.
Partner PartnerFrom(const pqxx::row& row, int first);
Provider ProviderFrom(const pqxx::row& row, int first);

std::optional<Partner> FindPartner(postgres::Transaction& transaction, const std::string& name);

// The provider that a reseller's invitation names; none if it names none, or no partner that there
// is.
std::optional<Provider> FindProvider(postgres::Transaction& transaction, const std::string& name,
                                     const std::string& reseller);

// Until this transaction ends, the partnership of the two is neither paused nor ended: what is read
// of it from here on holds.
void SharePartnership(postgres::Transaction& transaction, const std::string& provider,
                      const std::string& reseller);

}  // namespace partnerlink::invitation::parties
