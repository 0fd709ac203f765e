#include "common/access/store.h"

#include <set>
#include <utility>

#include "common/postgres/text_array.h"

namespace partnerlink::access {
namespace {

using relationship::v1::Grant;
using relationship::v1::Relationship;

constexpr char kRelationships[] = "relationships/";

// kind, customer, name, type, state, roles
void AddRow(const pqxx::row& row, Facts& facts) {
  if (row[0].as<std::string>() == "grant") {
    Grant& grant = facts.grants.emplace_back();
    grant.set_name(row[2].as<std::string>());
    for (std::string& role : postgres::FromTextArray(row[5])) grant.add_roles(std::move(role));
    return;
  }
  Relationship& relationship = facts.relationships.emplace_back();
  relationship.set_name(row[2].as<std::string>());
  Relationship::Type type = Relationship::TYPE_UNSPECIFIED;
  if (Relationship::Type_Parse(row[3].as<std::string>(), &type)) relationship.set_type(type);
  Relationship::State state = Relationship::STATE_UNSPECIFIED;
  if (Relationship::State_Parse(row[4].as<std::string>(), &state)) relationship.set_state(state);
}

// $1: whose they are; $2: of which customers.
constexpr char kFacts[] =
    "SELECT kind, customer, name, type, state, roles FROM relationship.access_facts($1, $2)";

}  // namespace

std::unordered_map<std::string, Facts> FindFacts(postgres::Transaction& transaction,
                                                 const std::vector<std::string>& customers) {
  std::unordered_map<std::string, Facts> facts;
  for (const std::string& customer : customers) facts[customer];
  for (const pqxx::row& row : transaction.RunForAccount(kFacts, postgres::ToTextArray(customers))) {
    if (row[0].as<std::string>() == "partner") {
      for (auto& [customer, held] : facts) held.partner_active = true;
    } else {
      AddRow(row, facts[row[1].as<std::string>()]);
    }
  }
  return facts;
}

Facts FindFacts(postgres::Transaction& transaction, const Principal& principal,
                const std::string& customer) {
  if (principal.family != AccountFamily::kPartner) return {};
  return std::move(FindFacts(transaction, std::vector<std::string>{customer})[customer]);
}

Facts FindFactsOf(postgres::Transaction& transaction, const std::string& partner,
                  const std::string& customer) {
  Facts facts;
  for (const pqxx::row& row : transaction.Run(kFacts, partner, postgres::ToTextArray({customer}))) {
    if (row[0].as<std::string>() == "partner") {
      facts.partner_active = true;
    } else {
      AddRow(row, facts);
    }
  }
  transaction.RunForAccount("SELECT set_config('partnerlink.account', $1, true)");
  return facts;
}

void ShareEdge(postgres::Transaction& transaction, const std::string& relationship) {
  transaction.Run("SELECT common.share_edge($1)", relationship.substr(sizeof(kRelationships) - 1));
}

Facts FindFactsAndShareGrants(postgres::Transaction& transaction, const Principal& principal,
                              const std::string& customer) {
  // What was found without its lock is looked for once more behind it. Locks by the grants' ids.
  std::set<std::string> shared;
  while (true) {
    Facts facts = FindFacts(transaction, principal, customer);
    std::set<std::string> found;
    for (const Grant& grant : facts.grants) {
      const std::string id = grant.name().substr(grant.name().rfind('/') + 1);
      if (!shared.contains(id)) found.insert(id);
    }
    if (found.empty()) return facts;
    for (const std::string& id : found) transaction.Run("SELECT common.share_grant($1)", id);
    shared.merge(found);
  }
}

}  // namespace partnerlink::access
