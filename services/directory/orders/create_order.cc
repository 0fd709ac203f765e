// Places an order and fulfils it in one transaction: each line becomes a subscription, or adds
// seats to one that was sold through the same relationship, a provider's also to one that a
// reseller of its partnerships sold. The order shares the locks of relationship and partnership and
// decides by what holds behind them, so that nothing is sold through one that ends.
#include <algorithm>
#include <set>

#include "common/access/store.h"
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/directory/offers/store.h"
#include "services/directory/orders/handlers.h"
#include "services/directory/orders/holding.h"
#include "services/directory/orders/rules.h"
#include "services/directory/orders/store.h"
#include "services/directory/subscriptions/events.h"
#include "services/directory/subscriptions/rules.h"
#include "services/directory/subscriptions/store.h"

namespace partnerlink::directory::orders {
namespace {

absl::Status Subscribe(postgres::Transaction& transaction, outbox::Changes& changes,
                       const v1::Order& order, v1::Order::LineItem& item) {
  const std::optional<offers::Row> offer = offers::Find(transaction, item.offer());
  PARTNERLINK_RETURN_IF_ERROR(CheckAvailable(item.offer(), offer ? &offer->offer : nullptr));
  v1::Subscription wanted;
  wanted.set_offer(item.offer());
  wanted.set_quantity(item.quantity());
  wanted.set_relationship(order.relationship());
  wanted.set_partner(order.partner());
  const subscriptions::Row made =
      subscriptions::Insert(transaction, order.customer(), wanted, offer->offer.term_months());
  subscriptions::Record(transaction, changes, v1::SubscriptionChange::CREATED, nullptr, made);
  item.set_subscription(made.subscription.name());
  return absl::OkStatus();
}

// Why a locked subscription that might have had its seats did not get them: its last term has
// ended.
absl::Status WhyNoSeats(postgres::Transaction& transaction, int line,
                        const subscriptions::Row& before, const v1::Order::LineItem& item) {
  const std::optional<subscriptions::Row> now =
      subscriptions::Find(transaction, before.customer, before.id, {});
  PARTNERLINK_RETURN_IF_ERROR(subscriptions::CheckSeats(LinePath(line), item.quantity(),
                                                        now ? &now->subscription : nullptr));
  return absl::InternalError("a locked subscription did not get its seats");
}

// `before`: the line's subscription, locked; null if there is none that the order may enlarge.
absl::Status AddSeats(postgres::Transaction& transaction, outbox::Changes& changes, int line,
                      const subscriptions::Row* before, v1::Order::LineItem& item) {
  PARTNERLINK_RETURN_IF_ERROR(subscriptions::CheckSeats(
      LinePath(line), item.quantity(), before != nullptr ? &before->subscription : nullptr));
  const std::optional<subscriptions::Row> after =
      subscriptions::AddSeats(transaction, *before, item.quantity(), subscriptions::kMostSeats);
  if (!after) return WhyNoSeats(transaction, line, *before, item);
  subscriptions::Record(transaction, changes, v1::SubscriptionChange::SEATS_ADDED, before, *after);
  item.set_offer(after->subscription.offer());
  return absl::OkStatus();
}

const subscriptions::Row* FindNamed(const std::vector<subscriptions::Row>& rows,
                                    const std::string& name) {
  for (const subscriptions::Row& row : rows) {
    if (row.subscription.name() == name) return &row;
  }
  return nullptr;
}

// Whether what the seats of all of them rest on is held.
bool AreHeld(const v1::Order& order, const std::vector<subscriptions::Row>& rows,
             const std::set<subscriptions::Seller>& held) {
  return std::all_of(rows.begin(), rows.end(), [&](const subscriptions::Row& row) {
    const v1::Subscription& sold = row.subscription;
    return sold.partner() == order.partner() ||
           held.contains({sold.partner(), sold.relationship()});
  });
}

// The subscriptions that the order enlarges, locked behind the locks of what they rest on. What one
// was waited for may have given it to another partner: then that one's are shared too.
std::vector<subscriptions::Row> LockEnlarged(postgres::Transaction& transaction,
                                             const v1::Order& order,
                                             const std::vector<std::string>& ids) {
  std::set<subscriptions::Seller> held;
  while (true) {
    held.merge(subscriptions::ShareSellers(transaction, order.customer(), order.partner(), ids));
    std::vector<subscriptions::Row> locked =
        subscriptions::LockToEnlarge(transaction, order.customer(), order.relationship(), ids);
    if (AreHeld(order, locked, held)) return locked;
  }
}

// The subscriptions that the order enlarges, locked, and what they rest on held: what another
// partner sold gets seats while that partner itself might add them.
absl::StatusOr<std::vector<subscriptions::Row>> HoldEnlarged(postgres::Transaction& transaction,
                                                             const v1::Order& order) {
  const std::vector<std::string> ids = ToEnlarge(order);
  if (ids.empty()) return std::vector<subscriptions::Row>();
  std::vector<subscriptions::Row> locked = LockEnlarged(transaction, order, ids);
  for (const subscriptions::Row& row : locked) {
    const std::string& seller = row.subscription.partner();
    if (seller == order.partner()) continue;
    PARTNERLINK_RETURN_IF_ERROR(
        CheckSeller(row.subscription, order.customer(),
                    access::FindFactsOf(transaction, seller, order.customer())));
  }
  return locked;
}

absl::Status Fulfil(postgres::Transaction& transaction, outbox::Changes& changes,
                    v1::Order& order) {
  PARTNERLINK_ASSIGN_OR_RETURN(const std::vector<subscriptions::Row> locked,
                               HoldEnlarged(transaction, order));
  for (int line = 0; line < order.line_items_size(); ++line) {
    v1::Order::LineItem& item = *order.mutable_line_items(line);
    PARTNERLINK_RETURN_IF_ERROR(
        item.subscription().empty()
            ? Subscribe(transaction, changes, order, item)
            : AddSeats(transaction, changes, line, FindNamed(locked, item.subscription()), item));
  }
  return absl::OkStatus();
}

outbox::Change FulfilmentOf(const v1::Order& order) {
  outbox::Change change;
  change.account = order.customer();
  change.resource = order.name();
  change.event = "order.fulfilled";
  change.after = outbox::ToJson(order);
  change.payload = order.SerializeAsString();
  return change;
}

}  // namespace

absl::Status ValidateCreateOrder(const v1::CreateOrderRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.parent(), "customers")) {
    violations.Add("parent", "is not of the form customers/{id}");
  }
  if (!request.has_order()) violations.Add("order", "is required");
  request::CheckRequestId(request.request_id(), violations);
  CheckShape(request.order(), violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::Order> CreateOrder(const CallContext& context, const Deps& deps,
                                      const v1::CreateOrderRequest& request) {
  return outbox::Mutate<v1::Order>(
      context, deps.pool, request, {request.request_id(), request.validate_only()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Order> {
        PARTNERLINK_ASSIGN_OR_RETURN(
            const std::string relationship,
            HoldRelationship(transaction, context.principal, request.parent(),
                             request.order().relationship()));
        v1::Order order = ToPlace(context.principal, request, relationship);
        PARTNERLINK_RETURN_IF_ERROR(Fulfil(transaction, changes, order));
        order = Insert(transaction, order);
        changes.Record(FulfilmentOf(order));
        if (request.validate_only()) HideNames(request.order(), order);
        return order;
      });
}

}  // namespace partnerlink::directory::orders
