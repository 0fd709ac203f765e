// The SQL of subscriptions and of their history. Every function runs inside the caller's
// transaction, under its account's row-level security; decides nothing. What the clock has decided
// is read as decided, and guards every change, whether a sweep has written it or not.
#pragma once

#include <compare>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "common/filter/filter.h"
#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "partnerlink/directory/v1/order.pb.h"

namespace partnerlink::directory::subscriptions {

// A subscription's row.
struct Row {
  v1::Subscription subscription;
  std::string customer;
  std::string id;
  int64_t revision = 0;
};

// The same row before and after a change.
struct Changed {
  Row before;
  Row after;
};

enum class Lock { kNone, kForUpdate };

// A subscription of the customer; only one sold through one of these relationships, by name, if
// `sold_through` is not empty. A row that the account may see but not change is not found for
// update.
std::optional<Row> Find(postgres::Transaction& transaction, const std::string& customer,
                        const std::string& id, const std::vector<std::string>& sold_through,
                        Lock lock = Lock::kNone);

// Who has sold a subscription, and through which relationship, by name.
struct Seller {
  std::string partner;
  std::string relationship;

  auto operator<=>(const Seller&) const = default;
};

// From here until the transaction ends what the provider's seats on these subscriptions of the
// customer rest on stays as it is: how those who have sold them stand, its partnerships with them,
// and the relationships they were sold through. Answers those; the provider itself is none of them.
std::set<Seller> ShareSellers(postgres::Transaction& transaction, const std::string& customer,
                              const std::string& provider, const std::vector<std::string>& ids);

// Those of the customer's subscriptions to which an order through the relationship may add seats,
// and that the account may change, locked in one order until the transaction ends: what was sold
// through it and, if it is a provider's, what a reseller sold with which it has an ACTIVE
// partnership.
std::vector<Row> LockToEnlarge(postgres::Transaction& transaction, const std::string& customer,
                               const std::string& relationship,
                               const std::vector<std::string>& ids);

// Inserts an ACTIVE subscription of `subscription`'s offer, quantity, relationship and partner; its
// first term begins now.
Row Insert(postgres::Transaction& transaction, const std::string& customer,
           const v1::Subscription& subscription, int32_t term_months);

// Adds seats to an ACTIVE subscription; none if it is not ACTIVE, or would have more than
// `most_seats`.
std::optional<Row> AddSeats(postgres::Transaction& transaction, const Row& row, int32_t added,
                            int32_t most_seats);

// Sets seats and renewal to what `wanted` has; the last term is the one that runs. None if it is
// not in the state of `row` any more, or users have more seats.
std::optional<Row> Update(postgres::Transaction& transaction, const Row& row,
                          const v1::Subscription& wanted);

// From the state of `row`, one of those in which it is not over, into another; `cause` is kept of
// an end. None if it is not in that state any more.
std::optional<Row> SetState(postgres::Transaction& transaction, const Row& row,
                            v1::Subscription::State state, const std::string& cause);

// → CANCELLED for all that were sold to the customer through the relationship (its UUID) and are
// not over: for a worker login. Answers those that changed.
std::vector<Changed> CancelSoldThrough(postgres::Transaction& transaction,
                                       const std::string& customer,
                                       const std::string& relationship_id,
                                       const std::string& cause);

// → EXPIRED for at most `limit` of those whose last term has ended, but none that somebody changes
// at this moment: for a worker login. Answers those that changed, as they were stored.
std::vector<Changed> ExpireDue(postgres::Transaction& transaction, int limit);

// Adds a change to the history of the subscription that is now as `change.after`.
void InsertChange(postgres::Transaction& transaction, const v1::SubscriptionChange& change,
                  const Row& after);

// Gives the subscription to another partner, by its relationship: after the transfer that says so
// was accepted in the same transaction. None if it is over.
std::optional<Row> HandOver(postgres::Transaction& transaction, const Row& row,
                            const std::string& partner, const std::string& relationship);

// How many of the customer's subscriptions are ACTIVE, of those that the account may see.
int32_t CountActive(postgres::Transaction& transaction, const std::string& customer);

// The subscriptions of the page, and one more if there is one; `sold_through` as for Find.
std::vector<v1::Subscription> List(postgres::Transaction& transaction,
                                   const paging::NewestFirst& list,
                                   const std::vector<std::string>& sold_through);

// The changes of one subscription of the list's parent, and one more than the page if there is one.
std::vector<v1::SubscriptionChange> ListChanges(postgres::Transaction& transaction,
                                                const paging::NewestFirst& list,
                                                const std::string& id);

// Whose lists there are, of subscriptions and of their changes.
inline constexpr std::string_view kListParents[] = {"customers"};
// The fields that a list can be filtered by.
std::vector<filter::Field> ListFields();
std::vector<filter::Field> ChangeFields();

}  // namespace partnerlink::directory::subscriptions
