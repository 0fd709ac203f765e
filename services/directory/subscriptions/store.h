// The SQL of subscriptions. Every function runs inside the caller's transaction, under its
// account's row-level security; decides nothing.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
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

// From here until the transaction ends the partnerships of the provider with those who sold these
// subscriptions to the customer stay as they are.
void SharePartnerships(postgres::Transaction& transaction, const std::string& customer,
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

// ACTIVE → CANCELLED; none if it is no longer ACTIVE.
std::optional<Row> Cancel(postgres::Transaction& transaction, const Row& row,
                          const std::string& cause);

// ACTIVE → CANCELLED for all that were sold to the customer through the relationship (its UUID):
// for a worker login. Answers those that changed.
std::vector<Changed> CancelSoldThrough(postgres::Transaction& transaction,
                                       const std::string& customer,
                                       const std::string& relationship_id,
                                       const std::string& cause);

// How many of the customer's subscriptions are ACTIVE, of those that the account may see.
int32_t CountActive(postgres::Transaction& transaction, const std::string& customer);

// The subscriptions of the page, and one more if there is one; `sold_through` as for Find.
std::vector<v1::Subscription> List(postgres::Transaction& transaction,
                                   const paging::NewestFirst& list,
                                   const std::vector<std::string>& sold_through);

// The fields that a list can be filtered by.
std::vector<filter::Field> ListFields();

}  // namespace partnerlink::directory::subscriptions
