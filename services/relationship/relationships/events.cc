#include "services/relationship/relationships/events.h"

#include <string>

#include "services/relationship/relationships/rules.h"

namespace partnerlink::relationship::relationships {

using directory::v1::ApplyRelationshipsRequest;

namespace {

constexpr char kDirectory[] = "directory";

// What Directory hears: how the edge stands, and whether its subscriptions are over.
ApplyRelationshipsRequest NewsOf(const Row& row, bool cancel_subscriptions,
                                 const std::string& root) {
  ApplyRelationshipsRequest news;
  news.set_customer(row.relationship.customer());
  news.set_root_event(root);
  auto& edge = AddEdge(row, news);
  edge.set_cancel_subscriptions(cancel_subscriptions);
  if (cancel_subscriptions) edge.set_actor(row.relationship.attestation().actor());
  return news;
}

outbox::Change ChangeOf(std::string_view event, std::string_view cause, const Row& before,
                        const Row& after) {
  outbox::Change change;
  change.account = after.relationship.partner();
  change.resource = after.relationship.name();
  change.event = std::string(event);
  change.cause = std::string(cause);
  change.before = outbox::ToJson(before.relationship);
  change.after = outbox::ToJson(after.relationship);
  change.payload = after.relationship.SerializeAsString();
  return change;
}

// The same for the customer, with the news for Directory.
void RecordForCustomer(outbox::Changes& changes, outbox::Change change, const Row& after,
                       bool cancel_subscriptions) {
  change.account = after.relationship.customer();
  change.target = kDirectory;
  change.payload = NewsOf(after, cancel_subscriptions, changes.Root()).SerializeAsString();
  changes.Record(change);
}

}  // namespace

ApplyRelationshipsRequest::Edge& AddEdge(const Row& row, ApplyRelationshipsRequest& news) {
  ApplyRelationshipsRequest::Edge& edge = *news.add_edges();
  edge.set_relationship(row.relationship.name());
  edge.set_type(row.relationship.type());
  edge.set_partner(row.relationship.partner());
  edge.set_state(row.relationship.state());
  edge.set_revision(row.revision);
  return edge;
}

void Record(outbox::Changes& changes, std::string_view event, std::string_view cause,
            const Row& before, const Row& after) {
  outbox::Change change = ChangeOf(event, cause, before, after);
  changes.Record(change);
  RecordForCustomer(changes, std::move(change), after, false);
}

void RecordRemoval(outbox::Changes& changes, const Row& before, const Row& ended,
                   bool cancel_subscriptions) {
  outbox::Change change = ChangeOf(EventOf(Action::kRemove), "removal", before, ended);
  changes.Record(change);
  // What was attested is the partner's.
  Row seen = ended;
  seen.relationship.clear_attestation();
  change.event = "relationship.removed";
  change.after = outbox::ToJson(seen.relationship);
  RecordForCustomer(changes, std::move(change), ended, cancel_subscriptions);
}

}  // namespace partnerlink::relationship::relationships
