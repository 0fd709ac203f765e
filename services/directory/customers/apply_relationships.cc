// Takes over what Relationship has decided: a customer that is not known yet, with its company as
// given then, and edges that are newer than those known; then the list rows of the partners
// concerned are made anew. A repeated call changes nothing, and order does not matter: each edge
// carries its revision.
#include <map>

#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/customers/rules.h"
#include "services/directory/customers/store.h"

namespace partnerlink::directory::customers {
namespace {

outbox::Actor ActorOf(const CallContext& context, const v1::ApplyRelationshipsRequest& request) {
  outbox::Actor actor = outbox::ActorOf(context);
  actor.subject = context.peer;
  actor.root = request.root_event();
  return actor;
}

// What happened to the customer as `account` sees it.
outbox::Change ChangeOf(const std::string& account, const std::string& event,
                        const v1::Customer& customer) {
  outbox::Change change;
  change.account = account;
  change.resource = customer.name();
  change.event = event;
  change.payload = customer.SerializeAsString();
  return change;
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
        return v1::ApplyRelationshipsResponse();
      });
}

}  // namespace partnerlink::directory::customers
