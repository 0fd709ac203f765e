#include "services/relationship/relationships/establishing.h"

#include <map>

#include "common/access/store.h"
#include "common/status/status.h"
#include "services/relationship/establishments/store.h"
#include "services/relationship/grants/rules.h"
#include "services/relationship/grants/store.h"
#include "services/relationship/partners/store.h"
#include "services/relationship/partnerships/store.h"
#include "services/relationship/relationships/events.h"
#include "services/relationship/relationships/expiry.h"
#include "services/relationship/relationships/rules.h"
#include "services/relationship/relationships/store.h"

namespace partnerlink::relationship::relationships {
namespace {

using directory::v1::ApplyRelationshipsRequest;
using v1::EstablishRelationshipsRequest;
using v1::EstablishRelationshipsResponse;

// What holds under the locks.
struct Locked {
  std::map<std::string, v1::Partner> partners;
  bool partnership_inactive = false;  // of the edge that comes by way of a reseller
  Customer customer;
};

// Locks in one order everywhere: partner, partnership, customer, edge, grant.
Locked LockAll(postgres::Transaction& transaction, const EstablishRelationshipsRequest& request) {
  std::vector<std::string> names;
  for (const auto& edge : request.edges()) names.push_back(edge.partner());
  Locked locked;
  for (v1::Partner& partner : partners::LockShared(transaction, names)) {
    std::string name = partner.name();
    locked.partners.emplace(std::move(name), std::move(partner));
  }
  for (const auto& edge : request.edges()) {
    if (edge.via_partner().empty()) continue;
    locked.partnership_inactive =
        !partnerships::ShareActive(transaction, edge.partner(), edge.via_partner());
  }
  LockCustomer(transaction, request.customer());
  return locked;
}

// The customer's, as it gave it first: what it says of itself later decides nothing.
const std::string& CountryOf(const Locked& locked, const EstablishRelationshipsRequest& request) {
  return locked.customer.country.empty() ? request.company().country() : locked.customer.country;
}

Ground GroundOf(const Deps& deps, const Locked& locked,
                const EstablishRelationshipsRequest& request,
                const EstablishRelationshipsRequest::Edge& edge) {
  const auto found = locked.partners.find(edge.partner());
  if (found == locked.partners.end()) return {};
  return {
      .partner = &found->second,
      .same_region = deps.regions.Same(found->second.country(), CountryOf(locked, request)),
      .created_before = locked.customer.is_known && request.origin() == v1::Relationship::CREATED,
      .partnership_inactive = locked.partnership_inactive && !edge.via_partner().empty()};
}

// What became of an edge that was asked for.
struct Edge {
  std::optional<Row> row;  // the one in force, created or there before
  EstablishRelationshipsResponse::Edge answer;
};

// The live relationship of the triple, if there is one, which stays as it is from then on: what was
// found without its lock is looked for once more behind it.
std::optional<Row> HoldLive(postgres::Transaction& transaction, const v1::Relationship& wanted) {
  std::string held;
  while (true) {
    std::optional<Row> live = FindLive(transaction, wanted);
    if (!live || live->id == held) return live;
    partnerlink::access::ShareEdge(transaction, live->relationship.name());
    held = live->id;
  }
}

absl::StatusOr<Edge> EstablishEdge(postgres::Transaction& transaction, outbox::Changes& changes,
                                   const Ground& ground, const v1::Relationship& wanted,
                                   const std::string& source) {
  if (const auto reason = WhyNot(ground)) return Edge{std::nullopt, Refused(wanted, *reason)};
  // Looked for first: an end that commits while the insert runs would be no predecessor to it.
  std::optional<Row> live = HoldLive(transaction, wanted);
  if (live && live->relationship.state() != v1::Relationship::ENDED) {
    return Edge{live, Exists(live->relationship)};
  }
  if (live) FinishDueEnd(transaction, live->id);
  const std::optional<Row> created = Insert(transaction, wanted, source);
  if (!created) return Refusal(common::v1::CONFLICT, "The relationship is just made: try again.");
  outbox::Change change;
  change.account = created->relationship.partner();
  change.resource = created->relationship.name();
  change.event = "relationship.established";
  change.after = outbox::ToJson(created->relationship);
  change.payload = created->relationship.SerializeAsString();
  changes.Record(change);
  return Edge{created, Established(created->relationship)};
}

std::string CreateGrant(postgres::Transaction& transaction, outbox::Changes& changes,
                        const EstablishRelationshipsRequest& request) {
  const v1::Grant grant = grants::Insert(
      transaction, grants::ToCreate(request.grant(), request.customer(), request.invitation()));
  outbox::Change change;
  change.account = grant.partner();
  change.resource = grant.name();
  change.event = "grant.activated";
  change.after = outbox::ToJson(grant);
  change.payload = grant.SerializeAsString();
  changes.Record(change);
  return grant.name();
}

// The customer's own row of it, which also brings the news to Directory if there are any.
void RecordForCustomer(outbox::Changes& changes, const EstablishRelationshipsRequest& request,
                       const EstablishRelationshipsResponse& response,
                       ApplyRelationshipsRequest news) {
  outbox::Change change;
  change.account = request.customer();
  change.resource = request.customer();
  change.after = outbox::ToJson(response);
  if (news.edges().empty()) {
    change.event = "relationships.refused";
    change.payload = response.SerializeAsString();
  } else {
    news.set_customer(request.customer());
    if (request.has_company()) *news.mutable_company() = request.company();
    news.set_root_event(changes.Root());
    change.event = "relationships.established";
    change.target = "directory";
    change.payload = news.SerializeAsString();
  }
  changes.Record(change);
}

}  // namespace

absl::StatusOr<Establishment> Establish(postgres::Transaction& transaction,
                                        const outbox::Actor& actor, const Deps& deps,
                                        const EstablishRelationshipsRequest& request) {
  Locked locked = LockAll(transaction, request);
  Establishment made;
  EstablishRelationshipsResponse& response = made.response;
  if (const auto first = establishments::Find(transaction, request.source())) {
    if (response.ParseFromString(*first)) return made;
    return absl::InternalError("a kept answer does not parse");
  }
  outbox::Changes changes(transaction, actor);
  locked.customer = FindCustomer(transaction, request.customer());
  ApplyRelationshipsRequest news;
  for (const auto& asked : request.edges()) {
    PARTNERLINK_ASSIGN_OR_RETURN(
        Edge edge, EstablishEdge(transaction, changes, GroundOf(deps, locked, request, asked),
                                 ToEstablish(request, asked), request.source()));
    if (edge.row) AddEdge(*edge.row, news).set_channel(request.channel());
    *response.add_edges() = std::move(edge.answer);
  }
  if (request.has_grant() && MayHoldGrant(response, request.grant().partner())) {
    response.set_grant(CreateGrant(transaction, changes, request));
  }
  made.directory_hears = !news.edges().empty();
  // Where Directory knows the customer from now on, the country will not be told again.
  if (request.has_company() &&
      (made.directory_hears || request.origin() == v1::Relationship::CREATED)) {
    KeepCountry(transaction, request.customer(), request.company().country());
  }
  RecordForCustomer(changes, request, response, std::move(news));
  establishments::Keep(transaction, request.source(), response.SerializeAsString());
  return made;
}

}  // namespace partnerlink::relationship::relationships
