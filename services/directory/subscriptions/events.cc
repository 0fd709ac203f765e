#include "services/directory/subscriptions/events.h"

namespace partnerlink::directory::subscriptions {
namespace {

using v1::SubscriptionChange;

const char* EventOf(SubscriptionChange::Kind kind) {
  switch (kind) {
    case SubscriptionChange::CREATED:
      return "subscription.created";
    case SubscriptionChange::SEATS_ADDED:
      return "subscription.enlarged";
    case SubscriptionChange::UPDATED:
      return "subscription.updated";
    case SubscriptionChange::SUSPENDED:
      return "subscription.suspended";
    case SubscriptionChange::REACTIVATED:
      return "subscription.reactivated";
    case SubscriptionChange::CANCELLED:
      return "subscription.cancelled";
    case SubscriptionChange::EXPIRED:
      return "subscription.expired";
    case SubscriptionChange::TRANSFERRED:
      return "subscription.transferred";
    default:
      return "";
  }
}

SubscriptionChange::Terms TermsOf(const v1::Subscription& subscription) {
  SubscriptionChange::Terms terms;
  terms.set_quantity(subscription.quantity());
  terms.set_state(subscription.state());
  terms.set_auto_renew(subscription.auto_renew());
  terms.set_partner(subscription.partner());
  terms.set_relationship(subscription.relationship());
  return terms;
}

}  // namespace

void Record(postgres::Transaction& transaction, outbox::Changes& changes,
            SubscriptionChange::Kind kind, const Row* before, const Row& after,
            const std::string& cause) {
  outbox::Change change;
  change.account = after.customer;
  change.resource = after.subscription.name();
  change.event = EventOf(kind);
  change.cause = cause;
  if (before != nullptr) change.before = outbox::ToJson(before->subscription);
  change.after = outbox::ToJson(after.subscription);
  change.payload = after.subscription.SerializeAsString();
  changes.Record(change);

  SubscriptionChange kept;
  kept.set_kind(kind);
  const outbox::Actor& actor = changes.actor();
  kept.set_actor(actor.subject);
  kept.set_account(actor.account.empty() ? actor.on_behalf_of : actor.account);
  kept.set_cause(cause);
  if (before != nullptr) *kept.mutable_before() = TermsOf(before->subscription);
  *kept.mutable_after() = TermsOf(after.subscription);
  InsertChange(transaction, kept, after);
}

}  // namespace partnerlink::directory::subscriptions
