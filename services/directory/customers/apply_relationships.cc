// Takes over what Relationship has decided: a customer that is not known yet, with its company as
// given then, and edges that are newer than those known; then the list rows of the partners
// concerned are made anew, and what was sold through an edge ends with it if the remover said so. A
// repeated call changes nothing, and order does not matter: each edge carries its revision.
#include <map>

#include "common/request/request.h"
#include "common/status/status.h"
#include "services/directory/customers/events.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/customers/rules.h"
#include "services/directory/customers/store.h"
#include "services/directory/subscriptions/events.h"
#include "services/directory/subscriptions/store.h"

namespace partnerlink::directory::customers {
namespace {

constexpr char kRelationshipRemoved[] = "relationship removed";

// The person who removed a relationship does what follows from it; otherwise it is the peer's work.
outbox::Actor ActorOf(const CallContext& context, const v1::ApplyRelationshipsRequest& request) {
  outbox::Actor actor = outbox::ActorOf(context);
  actor.subject = context.peer;
  for (const auto& edge : request.edges()) {
    if (edge.actor().empty()) continue;
    actor.subject = edge.actor();
    actor.on_behalf_of = edge.partner();
  }
  actor.root = request.root_event();
  return actor;
}

absl::Status TakeOverCustomer(postgres::Transaction& transaction, outbox::Changes& changes,
                              const v1::ApplyRelationshipsRequest& request) {
  const std::string& name = request.customer();
  const bool created = request.has_company() && Insert(transaction, name, request.company());
  // Calls for one customer follow each other from here on.
  if (!Lock(transaction, name)) return CompanyRequired();
  if (!created) return absl::OkStatus();
  const v1::Customer customer = Find(transaction, {name}, "").front();
  outbox::Change change = ChangeOf(name, "customer.created", customer);
  change.after = outbox::ToJson(customer);
  changes.Record(change);
  return absl::OkStatus();
}

void TakeOverEdges(postgres::Transaction& transaction, outbox::Changes& changes,
                   const v1::ApplyRelationshipsRequest& request) {
  const std::string& name = request.customer();
  const std::map<std::string, common::v1::Channel> channels = ChannelsByPartner(request);
  std::map<std::string, v1::Customer> before;
  for (const auto& [partner, channel] : channels) {
    before[partner] = Find(transaction, {name}, partner).front();
  }
  for (const std::string& partner : UpsertEdges(transaction, request)) {
    RebuildListRow(transaction, name, partner, channels.at(partner));
    const v1::Customer after = Find(transaction, {name}, partner).front();
    outbox::Change change = ChangeOf(partner, EventOf(before[partner], after), after);
    if (IsListed(before[partner])) change.before = outbox::ToJson(before[partner]);
    if (IsListed(after)) change.after = outbox::ToJson(after);
    changes.Record(change);
  }
}

// What was sold through an edge that ended, and was to end with it.
void CancelWhatWasSold(postgres::Transaction& transaction, outbox::Changes& changes,
                       const v1::ApplyRelationshipsRequest& request) {
  for (const auto& edge : request.edges()) {
    if (!edge.cancel_subscriptions()) continue;
    for (const subscriptions::Changed& one : subscriptions::CancelSoldThrough(
             transaction, request.customer(), *request::ParseRelationshipName(edge.relationship()),
             kRelationshipRemoved)) {
      subscriptions::Record(transaction, changes, v1::SubscriptionChange::CANCELLED, &one.before,
                            one.after, kRelationshipRemoved);
    }
  }
}

}  // namespace

absl::Status ValidateApplyRelationships(const v1::ApplyRelationshipsRequest& request) {
  return CheckShape(request);
}

absl::StatusOr<v1::ApplyRelationshipsResponse> ApplyRelationships(
    const CallContext& context, const Deps& deps, const v1::ApplyRelationshipsRequest& request) {
  return postgres::Transact<v1::ApplyRelationshipsResponse>(
      deps.work_pool, postgres::Scope{"", context.deadline},
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ApplyRelationshipsResponse> {
        outbox::Changes changes(transaction, ActorOf(context, request));
        PARTNERLINK_RETURN_IF_ERROR(TakeOverCustomer(transaction, changes, request));
        TakeOverEdges(transaction, changes, request);
        CancelWhatWasSold(transaction, changes, request);
        return v1::ApplyRelationshipsResponse();
      });
}

}  // namespace partnerlink::directory::customers
