#include "services/directory/subscriptions/events.h"

namespace partnerlink::directory::subscriptions {

outbox::Change ChangeOf(const std::string& event, const Row* before, const Row& after) {
  outbox::Change change;
  change.account = after.customer;
  change.resource = after.subscription.name();
  change.event = event;
  change.cause = after.subscription.end_cause();
  if (before != nullptr) change.before = outbox::ToJson(before->subscription);
  change.after = outbox::ToJson(after.subscription);
  change.payload = after.subscription.SerializeAsString();
  return change;
}

void RecordCancelled(outbox::Changes& changes, const std::vector<Changed>& cancelled) {
  for (const Changed& row : cancelled) {
    changes.Record(ChangeOf("subscription.cancelled", &row.before, row.after));
  }
}

}  // namespace partnerlink::directory::subscriptions
