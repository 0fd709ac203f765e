// The SQL of transfers. Every function runs inside the caller's transaction, under its account's
// row-level security; decides nothing. What the clock has decided is read as decided, and guards
// every change, whether a sweep has written it or not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/filter/filter.h"
#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "partnerlink/directory/v1/transfer.pb.h"

namespace partnerlink::directory::transfers {

// A transfer's row.
struct Row {
  v1::Transfer transfer;
  std::string id;
  int64_t revision = 0;
};

// The same row before and after a change.
struct Changed {
  Row before;
  Row after;
};

enum class Lock { kNone, kForUpdate };

// From here until the transaction ends the partner, another than the transaction's account, is as
// suspended or not as it is.
void ShareStanding(postgres::Transaction& transaction, const std::string& partner);

// From here until the transaction ends nobody else gives the subscription, by name, away: whoever
// asks for it looks behind this whose it is. Taken behind the relationships' locks.
void ShareAsking(postgres::Transaction& transaction, const std::string& subscription);

// From here until the transaction ends nobody else asks for the subscription, and whoever did is
// done.
void LockAsking(postgres::Transaction& transaction, const std::string& subscription);

std::optional<Row> Find(postgres::Transaction& transaction, const std::string& partner,
                        const std::string& id, Lock lock = Lock::kNone);

// The partner's transfer of the subscription that is stored as REQUESTED, as the clock sees it.
std::optional<Row> FindAsked(postgres::Transaction& transaction, const v1::Transfer& wanted);

// Inserts a transfer that waits for its answer. An asking partner has one for a subscription: a
// second is a lost race for a unique key.
Row Insert(postgres::Transaction& transaction, const v1::Transfer& transfer);

// REQUESTED → another state, within its time; none if it is not REQUESTED any more.
std::optional<Row> SetState(postgres::Transaction& transaction, const Row& row,
                            v1::Transfer::State state, const std::string& cause);

// REQUESTED → REFUSED, for all others that ask for the same subscription; answers those that
// changed.
std::vector<Changed> RefuseOthers(postgres::Transaction& transaction, const Row& accepted,
                                  const std::string& cause);

// REQUESTED → EXPIRED for one whose time is over; answers it as it was stored and as it is. None if
// it is not REQUESTED any more.
std::optional<Changed> Expire(postgres::Transaction& transaction, const Row& row);

// The same for at most `limit` of all of them, but none that somebody changes at this moment: for a
// worker login.
std::vector<Changed> ExpireDue(postgres::Transaction& transaction, int limit);

// The transfers of the page, and one more if there is one.
std::vector<v1::Transfer> List(postgres::Transaction& transaction, const paging::NewestFirst& list);

// The fields that a list can be filtered by.
std::vector<filter::Field> ListFields();

}  // namespace partnerlink::directory::transfers
