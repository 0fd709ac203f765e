// Takes over the relationships to customers that one partner has created many at a time: for each
// what ApplyRelationships does, written by a statement for all. A repeated call changes nothing,
// and order does not matter: each edge carries its revision.
#include <map>
#include <string>
#include <vector>

#include "common/outbox/change.h"
#include "common/status/status.h"
#include "services/directory/customers/events.h"
#include "services/directory/customers/rules.h"
#include "services/directory/customers/store.h"
#include "services/directory/imports/handlers.h"
#include "services/directory/imports/rules.h"
#include "services/directory/imports/store.h"

namespace partnerlink::directory::imports {
namespace {

using postgres::Transaction;
using v1::ApplyCreatedCustomersRequest;
using v1::ApplyCreatedCustomersResponse;
using ByName = std::map<std::string, v1::Customer>;

outbox::Actor ActorOf(const CallContext& context, const ApplyCreatedCustomersRequest& request) {
  outbox::Actor actor = outbox::ActorOf(context);
  actor.subject = context.peer;
  actor.root = request.root_event();
  return actor;
}

std::vector<std::string> NamesOf(const ApplyCreatedCustomersRequest& request) {
  std::vector<std::string> names;
  for (const auto& edge : request.edges()) names.push_back(edge.customer());
  return names;
}

ByName Find(Transaction& transaction, const std::vector<std::string>& names,
            const std::string& partner) {
  ByName found;
  for (v1::Customer& customer : customers::Find(transaction, names, partner)) {
    const std::string name = customer.name();
    found[name] = std::move(customer);
  }
  return found;
}

void Record(outbox::Changes& changes, const std::string& partner, ByName before,
            const ByName& after) {
  std::vector<outbox::Change> made;
  for (const auto& [name, customer] : after) {
    const v1::Customer& was = before[name];
    outbox::Change& change = made.emplace_back(
        customers::ChangeOf(partner, customers::EventOf(was, customer), customer));
    if (customers::IsListed(was)) change.before = outbox::ToJson(was);
    if (customers::IsListed(customer)) change.after = outbox::ToJson(customer);
  }
  changes.RecordAll(made);
}

}  // namespace

absl::Status ValidateApplyCreatedCustomers(const ApplyCreatedCustomersRequest& request) {
  return CheckShape(request);
}

absl::StatusOr<ApplyCreatedCustomersResponse> ApplyCreatedCustomers(
    const CallContext& context, const Deps& deps, const ApplyCreatedCustomersRequest& request) {
  const std::vector<std::string> names = NamesOf(request);
  return postgres::Transact<ApplyCreatedCustomersResponse>(
      deps.work_pool, postgres::Scope{"", context.deadline},
      [&](Transaction& transaction) -> absl::StatusOr<ApplyCreatedCustomersResponse> {
        // Calls for one customer follow each other from here on.
        if (Lock(transaction, names) != static_cast<int64_t>(names.size())) {
          return customers::CompanyRequired();
        }
        ByName before = Find(transaction, names, request.partner());
        const std::vector<std::string> changed = UpsertEdges(transaction, request);
        if (changed.empty()) return ApplyCreatedCustomersResponse();
        RebuildListRows(transaction, request, changed);
        outbox::Changes changes(transaction, ActorOf(context, request));
        Record(changes, request.partner(), std::move(before),
               Find(transaction, changed, request.partner()));
        return ApplyCreatedCustomersResponse();
      });
}

}  // namespace partnerlink::directory::imports
