#include "tests/component/access_graphs.h"

#include <algorithm>
#include <cstdlib>
#include <iostream>
#include <tuple>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "pqxx/stream_to"

namespace partnerlink::access_model {
namespace {

constexpr char kLongAgo[] = "2001-01-01T00:00:00Z";
constexpr char kPast[] = "2020-01-01T00:00:00Z";
constexpr char kFuture[] = "2099-01-01T00:00:00Z";

const std::vector<std::string> kGrantRoles = {"user_admin",       "license_admin",
                                              "service_admin",    "subscription_admin",
                                              "directory_reader", "global_admin"};

// Of a grant: those that give nothing.
const std::vector<std::string> kOtherStates = {
    "CREATED", "APPROVAL_PENDING", "DECLINED", "LAPSED", "WITHDRAWN", "EXPIRED", "TERMINATED"};

bool HasStarted(const Grant& grant) {
  return grant.state == "ACTIVE" || grant.state == "EXPIRED" || grant.state == "TERMINATED";
}

// By the partner itself: what comes ACTIVE with an acceptance was not.
bool WasRequested(const Grant& grant) { return !HasStarted(grant) && grant.state != "CREATED"; }

const char* EndOf(const Grant& grant) { return grant.end_has_come ? kPast : kFuture; }

Edge MakeEdge(Chance& chance, const std::string& type, const std::string& state) {
  Edge edge;
  edge.name = absl::StrCat("relationships/", chance.Uuid());
  edge.type = type;
  edge.state = state;
  edge.end_has_come = state == "ENDED" || (state == "ENDING" && chance.Percent(50));
  // ENDED: also by the partner, who takes none.
  edge.takes_grants = (state == "ENDING" || state == "ENDED") && chance.Percent(50);
  return edge;
}

Grant MakeGrant(Chance& chance, const std::string& partner) {
  Grant grant;
  grant.name = absl::StrCat(partner, "/grants/", chance.Uuid());
  grant.state = chance.Percent(60) ? "ACTIVE" : chance.OneOf(kOtherStates);
  grant.end_has_come = chance.Percent(30);
  grant.roles = chance.SomeOf(kGrantRoles);
  const bool holds_all =
      std::find(grant.roles.begin(), grant.roles.end(), "global_admin") != grant.roles.end();
  grant.extends = !holds_all && chance.Percent(30);
  return grant;
}

// At most one that is not ENDED of each type: so much the index holds, triggers or not.
Holdings MakeHoldings(Chance& chance, const std::string& partner) {
  Holdings holdings;
  for (const std::string type : {"RESELLER", "PROVIDER"}) {
    while (chance.Percent(25)) holdings.edges.push_back(MakeEdge(chance, type, "ENDED"));
    if (chance.Percent(60)) continue;
    holdings.edges.push_back(MakeEdge(
        chance, type, chance.OneOf(std::vector<std::string>{"ACTIVE", "SUSPENDED", "ENDING"})));
  }
  while (chance.Percent(40)) holdings.grants.push_back(MakeGrant(chance, partner));
  return holdings;
}

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

void WritePartners(pqxx::work& transaction, const Graphs& graphs) {
  pqxx::stream_to stream(transaction, "relationship.partners",
                         std::vector<std::string>{"name", "display_name", "types", "country",
                                                  "partner_number", "state"});
  for (const Partner& partner : graphs.partners) {
    if (partner.state.empty()) continue;
    stream << std::make_tuple(partner.name, partner.name, std::string("{RESELLER,PROVIDER}"),
                              std::string("PL"), IdOf(partner.name), partner.state);
  }
  stream.complete();
}

void WriteEdges(pqxx::work& transaction, const Graphs& graphs) {
  pqxx::stream_to stream(
      transaction, "relationship.relationships",
      std::vector<std::string>{"partner", "id", "type", "customer", "state", "origin", "source",
                               "effective_end_time", "ending_from", "revoke_grants"});
  for (const Partner& partner : graphs.partners) {
    for (const auto& [customer, holdings] : partner.by_customer) {
      for (const Edge& edge : holdings.edges) {
        const bool ends = edge.state == "ENDING" || edge.state == "ENDED";
        const char* end_time = !ends ? nullptr : edge.end_has_come ? kPast : kFuture;
        const char* ending_from = edge.state == "ENDING" || edge.takes_grants ? "ACTIVE" : nullptr;
        stream << std::make_tuple(partner.name, IdOf(edge.name), edge.type, customer, edge.state,
                                  std::string("PORTAL"), edge.name, end_time, ending_from,
                                  edge.takes_grants);
      }
    }
  }
  stream.complete();
}

void WriteGrants(pqxx::work& transaction, const Graphs& graphs) {
  pqxx::stream_to stream(transaction, "relationship.grants",
                         std::vector<std::string>{"partner", "id", "customer", "roles", "state",
                                                  "start_time", "end_time", "request_time",
                                                  "lapse_time", "duration_days", "auto_extend"});
  for (const Partner& partner : graphs.partners) {
    for (const auto& [customer, holdings] : partner.by_customer) {
      for (const Grant& grant : holdings.grants) {
        stream << std::make_tuple(
            partner.name, IdOf(grant.name), customer,
            absl::StrCat("{", absl::StrJoin(grant.roles, ","), "}"), grant.state,
            HasStarted(grant) ? kLongAgo : nullptr, HasStarted(grant) ? EndOf(grant) : nullptr,
            WasRequested(grant) ? kLongAgo : nullptr, WasRequested(grant) ? EndOf(grant) : nullptr,
            730, grant.extends ? 180 : 0);
      }
    }
  }
  stream.complete();
}

}  // namespace

std::string Chance::Uuid() {
  const uint64_t high = engine_();
  const uint64_t low = engine_();
  return absl::StrFormat("%08x-%04x-7%03x-8%03x-%012x", high >> 32, (high >> 16) & 0xffff,
                         high & 0xfff, low >> 52, low & 0xffffffffffff);
}

std::vector<std::string> Chance::SomeOf(const std::vector<std::string>& items) {
  std::vector<std::string> chosen;
  for (int wanted = 1 + Below(3); wanted > 0; --wanted) {
    const std::string& item = OneOf(items);
    if (std::count(chosen.begin(), chosen.end(), item) == 0) chosen.push_back(item);
  }
  return chosen;
}

Graphs MakeGraphs(Chance& chance, int partners, int customers) {
  Graphs graphs;
  for (int i = 0; i < customers; ++i) {
    graphs.customers.push_back(absl::StrCat("customers/customer-", i));
  }
  for (int i = 0; i < partners; ++i) {
    Partner& partner = graphs.partners.emplace_back();
    partner.name = absl::StrCat("partners/partner-", i);
    if (chance.Percent(3)) continue;
    partner.state = chance.Percent(10) ? "SUSPENDED" : "ACTIVE";
    for (const std::string& customer : graphs.customers) {
      partner.by_customer[customer] = MakeHoldings(chance, partner.name);
    }
  }
  return graphs;
}

void Write(const support::TestDatabase& database, const Graphs& graphs) {
  pqxx::connection connection(database.Conninfo("postgres"));
  pqxx::work transaction(connection);
  transaction.exec("SET LOCAL session_replication_role = replica");
  WritePartners(transaction, graphs);
  WriteEdges(transaction, graphs);
  WriteGrants(transaction, graphs);
  transaction.commit();
  pqxx::nontransaction(connection)
      .exec("ANALYZE relationship.relationships, relationship.grants, relationship.partners");
}

}  // namespace partnerlink::access_model
