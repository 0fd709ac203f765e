#include "services/directory/subscriptions/change.h"

#include "common/access/store.h"
#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "services/directory/subscriptions/events.h"
#include "services/directory/subscriptions/sight.h"

namespace partnerlink::directory::subscriptions {
namespace {

// The relationship that it was sold through, for who sees it.
absl::StatusOr<std::string> SoldThrough(postgres::Transaction& transaction, const Principal& caller,
                                        const request::ChildName& name) {
  PARTNERLINK_ASSIGN_OR_RETURN(const Row seen, FindSeen(transaction, caller, name));
  return seen.subscription.relationship();
}

// Whether what the caller sees has gone to another partner since it was decided about. Who gave it
// away finds it no more to change.
bool IsSoldAnew(postgres::Transaction& transaction, const Principal& caller,
                const request::ChildName& name, const std::string& relationship) {
  const absl::StatusOr<std::string> now = SoldThrough(transaction, caller, name);
  return now.ok() && *now != relationship;
}

}  // namespace

absl::StatusOr<Row> OpenForChange(postgres::Transaction& transaction, const Principal& caller,
                                  const std::string& name, const std::string& etag) {
  const auto parts = request::ParseChildName(name, "customers", "subscriptions");
  while (true) {
    PARTNERLINK_ASSIGN_OR_RETURN(const std::string relationship,
                                 SoldThrough(transaction, caller, *parts));
    access::ShareEdge(transaction, relationship);
    PARTNERLINK_RETURN_IF_ERROR(
        CheckManager(caller, parts->account, relationship,
                     access::FindFactsAndShareGrants(transaction, caller, parts->account)));
    std::optional<Row> row = Find(transaction, parts->account, parts->id, {}, Lock::kForUpdate);
    // What it was waited for may have given it to another partner: then that one counts.
    if (row ? row->subscription.relationship() != relationship
            : IsSoldAnew(transaction, caller, *parts, relationship)) {
      continue;
    }
    // A grant that the decision rested on has just ended.
    if (!row) return NotFound();
    PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(etag, row->revision));
    return *std::move(row);
  }
}

absl::StatusOr<Row> Written(postgres::Transaction& transaction, const Principal& caller,
                            const Row& before, Action action, std::optional<Row> after) {
  if (after) return *std::move(after);
  PARTNERLINK_RETURN_IF_ERROR(
      CheckManager(caller, before.customer, before.subscription.relationship(),
                   access::FindFacts(transaction, caller, before.customer)));
  const std::optional<Row> now = Find(transaction, before.customer, before.id, {});
  if (!now) return NotFound();
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(action, now->subscription.state()));
  return absl::InternalError("a locked subscription was not changed");
}

absl::Status CheckChange(const request::AskedChange& change) {
  FieldViolations violations;
  if (!request::ParseChildName(change.name, "customers", "subscriptions")) {
    violations.Add("name", kNameProblem);
  }
  request::CheckReason("reason", change.reason, violations);
  request::CheckRequestId(change.request_id, violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::Subscription> ChangeState(const CallContext& context, const Deps& deps,
                                             const request::AskedChange& change, Action action,
                                             v1::SubscriptionChange::Kind kind) {
  return outbox::Mutate<v1::Subscription>(
      context, deps.pool, change.request, {change.request_id},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Subscription> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row before, OpenForChange(transaction, context.principal,
                                                                     change.name, change.etag));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(action, before.subscription.state()));
        PARTNERLINK_ASSIGN_OR_RETURN(
            Row after,
            Written(transaction, context.principal, before, action,
                    SetState(transaction, before, *After(action, before.subscription.state()),
                             change.reason)));
        Record(transaction, changes, kind, &before, after, change.reason);
        return std::move(after.subscription);
      });
}

}  // namespace partnerlink::directory::subscriptions
