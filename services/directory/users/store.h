// The SQL of users. Every function runs inside the caller's transaction, under its account's
// row-level security; decides nothing. A deleted user whose purge_time has come is not there,
// whether it has been purged or not.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/filter/filter.h"
#include "common/paging/newest_first.h"
#include "common/postgres/transact.h"
#include "partnerlink/directory/v1/user.pb.h"

namespace partnerlink::directory::users {

// A user's row, with its licences.
struct Row {
  v1::User user;
  std::string customer;
  std::string id;
  int64_t revision = 0;
};

// Whether the directory knows the customer, and the account may see it.
bool IsKnown(postgres::Transaction& transaction, const std::string& customer);

// The first administrator of a customer that the account has just created; as old as the customer.
void InsertFirstAdmin(postgres::Transaction& transaction, const std::string& customer,
                      const v1::User& user);

// Inserts what a caller can write of a user; none if its principal name is taken.
std::optional<Row> Insert(postgres::Transaction& transaction, const std::string& customer,
                          const v1::User& user);

std::optional<Row> Find(postgres::Transaction& transaction, const std::string& customer,
                        const std::string& id);

// The same, of a user that nobody else changes until the transaction ends, its licences included:
// whoever changes these has locked the user.
std::optional<Row> FindLocked(postgres::Transaction& transaction, const std::string& customer,
                              const std::string& id);

// Whether another user than this, who is not deleted, has the principal name, whatever the case.
bool IsTaken(postgres::Transaction& transaction, const Row& row,
             const std::string& user_principal_name);

// Writes what a caller can write; none if the user is not ACTIVE.
std::optional<Row> Update(postgres::Transaction& transaction, const Row& row, const v1::User& user);

// Counts a change of the licences; none if the user is not ACTIVE.
std::optional<Row> CountChange(postgres::Transaction& transaction, const Row& row);

// Takes all licences from a locked user, those of subscriptions that are over too.
void FreeLicenses(postgres::Transaction& transaction, const Row& row);

// ACTIVE → DELETED, to be purged so many days from now; none if it is not ACTIVE.
std::optional<Row> Delete(postgres::Transaction& transaction, const Row& row, int days);

// DELETED → ACTIVE; none if it is not DELETED, or its time is over.
std::optional<Row> Restore(postgres::Transaction& transaction, const Row& row);

// Deletes at most `limit` of the users whose purge_time has come, and answers them: for a worker
// login.
std::vector<Row> PurgeDue(postgres::Transaction& transaction, int limit);

// How many users of the customer the account may see, without the deleted.
int32_t Count(postgres::Transaction& transaction, const std::string& customer);

// Whether the deleted are in a list, too.
enum class Deleted { kHidden, kShown };

// The users of the page, and one more if there is one.
std::vector<v1::User> List(postgres::Transaction& transaction, const paging::NewestFirst& list,
                           Deleted deleted);

// The fields that a list can be filtered by.
std::vector<filter::Field> ListFields();

}  // namespace partnerlink::directory::users
