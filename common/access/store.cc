#include "common/access/store.h"

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

}  // namespace

std::unordered_map<std::string, Facts> FindFacts(postgres::Transaction& transaction,
                                                 const std::vector<std::string>& customers) {
  std::unordered_map<std::string, Facts> facts;
  for (const std::string& customer : customers) facts[customer];
  for (const pqxx::row& row : transaction.RunForAccount(
           R"sql(SELECT kind, customer, name, type, state, roles
                 FROM relationship.access_facts($1, $2))sql",
           postgres::ToTextArray(customers))) {
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

void ShareEdge(postgres::Transaction& transaction, const std::string& relationship) {
  transaction.Run("SELECT common.share_edge($1)", relationship.substr(sizeof(kRelationships) - 1));
}

}  // namespace partnerlink::access
