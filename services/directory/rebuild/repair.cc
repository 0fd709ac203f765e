#include "services/directory/rebuild/repair.h"

#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/postgres/transact.h"
#include "common/status/status.h"
#include "services/directory/customers/events.h"
#include "services/directory/customers/store.h"
#include "services/directory/rebuild/store.h"

namespace partnerlink::directory::rebuild {
namespace {

constexpr char kMethod[] = "rebuild/customer_list";
constexpr char kOperators[] = "operators";
constexpr char kOperator[] = "operator";
constexpr absl::Duration kRepairPatience = absl::Seconds(10);

// The customer as a partner sees it, and whether it is in the partner's list.
struct Sight {
  bool is_listed = false;
  v1::Customer customer;
};

Sight Look(postgres::Transaction& transaction, const std::string& partner,
           const std::string& customer) {
  return {IsListed(transaction, partner, customer),
          customers::Find(transaction, {customer}, partner).front()};
}

// The kinds of what differs, by partner.
std::map<std::string, std::set<std::string>> KindsByPartner(
    const std::vector<Difference>& differences) {
  std::map<std::string, std::set<std::string>> kinds;
  for (const Difference& difference : differences) {
    kinds[difference.partner].insert(difference.kind);
  }
  return kinds;
}

void MendEdge(postgres::Transaction& transaction, const Difference& difference) {
  if (difference.relationship.empty()) return;
  if (difference.kind == "edge_unknown") {
    DeleteEdge(transaction, difference);
  } else {
    CopyEdge(transaction, difference);
  }
}

outbox::Change ChangeOf(const std::string& partner, const std::set<std::string>& kinds,
                        const Sight& before, const Sight& after) {
  const char* event = before.is_listed == after.is_listed ? "customer.edge_changed"
                      : after.is_listed                   ? "customer.listed"
                                                          : "customer.unlisted";
  outbox::Change change = customers::ChangeOf(partner, event, after.customer);
  change.cause = absl::StrCat("mended: ", absl::StrJoin(kinds, ", "));
  if (before.is_listed) change.before = outbox::ToJson(before.customer);
  if (after.is_listed) change.after = outbox::ToJson(after.customer);
  return change;
}

int Mend(postgres::Transaction& transaction, outbox::Changes& changes,
         const std::string& customer) {
  std::vector<Difference> differences = FindDifferences(transaction, {customer, customer});
  std::erase_if(differences, [](const Difference& each) { return each.is_under_way; });
  const auto kinds = KindsByPartner(differences);
  std::map<std::string, Sight> before;
  for (const auto& [partner, _] : kinds) before[partner] = Look(transaction, partner, customer);
  for (const Difference& difference : differences) MendEdge(transaction, difference);
  for (const auto& [partner, of_partner] : kinds) {
    RewriteRow(transaction, partner, customer);
    changes.Record(
        ChangeOf(partner, of_partner, before[partner], Look(transaction, partner, customer)));
  }
  return static_cast<int>(differences.size());
}

}  // namespace

outbox::Actor Mender(const std::string& subject, const std::string& reason,
                     const std::string& run) {
  outbox::Actor actor;
  actor.service = "directory";
  actor.method = kMethod;
  actor.subject = subject;
  actor.account = kOperators;
  actor.roles = {kOperator};
  actor.reason = reason;
  actor.request_id = run;
  return actor;
}

absl::StatusOr<int> MendCustomer(postgres::Pool& pool, const outbox::Actor& mender,
                                 const std::string& customer) {
  return postgres::Transact<int>(pool, {"", absl::Now() + kRepairPatience},
                                 [&](postgres::Transaction& transaction) -> absl::StatusOr<int> {
                                   // The service's own writes of the customer follow each other on
                                   // this row, too.
                                   if (!customers::Lock(transaction, customer)) return NotFound();
                                   outbox::Changes changes(transaction, mender);
                                   return Mend(transaction, changes, customer);
                                 });
}

}  // namespace partnerlink::directory::rebuild
