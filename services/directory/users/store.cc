#include "services/directory/users/store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"
#include "services/directory/subscriptions/state_now.h"

namespace partnerlink::directory::users {
namespace {

using postgres::FromTextArray;
using postgres::SetTime;
using postgres::ToTextArray;
using postgres::Transaction;
using v1::User;

// One column per line of FromRow.
constexpr char kColumns[] =
    "u.customer, u.id, u.user_principal_name, u.given_name, u.family_name, u.display_name,"
    " u.blocked, u.roles,"
    " ARRAY(SELECT a.customer || '/subscriptions/' || a.subscription"
    "   FROM directory.license_assignments a"
    "   JOIN directory.subscriptions s ON s.customer = a.customer AND s.id = a.subscription"
    "   WHERE a.customer = u.customer AND a.user_id = u.id"
    "     AND " PARTNERLINK_SUBSCRIPTION_IS_NOT_OVER
    "   ORDER BY a.subscription),"
    " u.state, " PARTNERLINK_MICROS("u.delete_time") ", " PARTNERLINK_MICROS("u.purge_time") ", "
    PARTNERLINK_MICROS("u.create_time") ", " PARTNERLINK_MICROS("u.update_time") ", u.revision";

// What a list selects from.
#define SOME_OF_THEM                                                                         \
  " FROM (SELECT customer, id, user_principal_name, given_name, family_name, display_name,"  \
  " blocked, roles, state, delete_time, purge_time, create_time, update_time, revision FROM" \
  " directory.users WHERE "
constexpr char kActive[] = SOME_OF_THEM "state = 'ACTIVE') u";
constexpr char kNotGone[] = SOME_OF_THEM "(state = 'ACTIVE' OR purge_time > clock_timestamp())) u";

Row FromRow(const pqxx::row& row) {
  Row result;
  result.customer = row[0].as<std::string>();
  result.id = row[1].as<std::string>();
  User& user = result.user;
  user.set_name(absl::StrCat(result.customer, "/users/", result.id));
  user.set_user_principal_name(row[2].as<std::string>());
  user.set_given_name(row[3].as<std::string>());
  user.set_family_name(row[4].as<std::string>());
  user.set_display_name(row[5].as<std::string>());
  user.set_blocked(row[6].as<bool>());
  for (std::string& role : FromTextArray(row[7])) user.add_roles(std::move(role));
  for (std::string& license : FromTextArray(row[8])) user.add_licenses(std::move(license));
  user.set_state(postgres::ParseEnum(row[9], User::State_Parse));
  SetTime(row[10], [&] { return user.mutable_delete_time(); });
  SetTime(row[11], [&] { return user.mutable_purge_time(); });
  SetTime(row[12], [&] { return user.mutable_create_time(); });
  SetTime(row[13], [&] { return user.mutable_update_time(); });
  result.revision = row[14].as<int64_t>();
  user.set_etag(postgres::Etag(result.revision));
  return result;
}

std::optional<Row> OneRow(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

std::string RolesOf(const User& user) {
  return ToTextArray({user.roles().begin(), user.roles().end()});
}

}  // namespace

bool IsKnown(Transaction& transaction, const std::string& customer) {
  return !transaction.Run("SELECT true FROM directory.customers WHERE name = $1", customer).empty();
}

void InsertFirstAdmin(Transaction& transaction, const std::string& customer, const User& user) {
  transaction.Run(
      R"sql(INSERT INTO directory.users (customer, user_principal_name, given_name, family_name,
              display_name, roles, create_time)
            SELECT name, $2, $3, $4, $5, ARRAY['global_admin'], create_time
            FROM directory.customers WHERE name = $1)sql",
      customer, user.user_principal_name(), user.given_name(), user.family_name(),
      user.display_name());
}

std::optional<Row> Insert(Transaction& transaction, const std::string& customer, const User& user) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          INSERT INTO directory.users AS u
            (customer, user_principal_name, given_name, family_name, display_name, blocked, roles)
          VALUES ($1, $2, $3, $4, $5, $6, $7)
          ON CONFLICT DO NOTHING
          RETURNING )sql",
                                             kColumns),
                                customer, user.user_principal_name(), user.given_name(),
                                user.family_name(), user.display_name(), user.blocked(),
                                RolesOf(user)));
}

std::optional<Row> Find(Transaction& transaction, const std::string& customer,
                        const std::string& id) {
  return OneRow(transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM directory.users u
          WHERE u.customer = $1 AND u.id = $2
            AND (u.state = 'ACTIVE' OR u.purge_time > clock_timestamp()))sql"),
                                customer, id));
}

// The licences are read by another statement, which begins when the lock is there: the one that
// waits would see those from before. Without the lock there is nothing to change: the account may
// see a user that it may not change, or no more when the lock has been waited for.
std::optional<Row> FindLocked(Transaction& transaction, const std::string& customer,
                              const std::string& id) {
  const pqxx::result locked =
      transaction.Run(R"sql(SELECT true FROM directory.users WHERE customer = $1 AND id = $2
                            FOR NO KEY UPDATE)sql",
                      customer, id);
  if (locked.empty()) return std::nullopt;
  return Find(transaction, customer, id);
}

bool IsTaken(Transaction& transaction, const Row& row, const std::string& user_principal_name) {
  return !transaction
              .Run(R"sql(SELECT true FROM directory.users
                         WHERE customer = $1 AND lower(user_principal_name) = lower($3)
                           AND state = 'ACTIVE' AND id <> $2)sql",
                   row.customer, row.id, user_principal_name)
              .empty();
}

std::optional<Row> Update(Transaction& transaction, const Row& row, const User& user) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE directory.users AS u
          SET user_principal_name = $3, given_name = $4, family_name = $5, display_name = $6,
            blocked = $7, roles = $8, revision = revision + 1, update_time = clock_timestamp()
          WHERE customer = $1 AND id = $2 AND state = 'ACTIVE'
          RETURNING )sql",
                                             kColumns),
                                row.customer, row.id, user.user_principal_name(), user.given_name(),
                                user.family_name(), user.display_name(), user.blocked(),
                                RolesOf(user)));
}

std::optional<Row> CountChange(Transaction& transaction, const Row& row) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE directory.users AS u
          SET revision = revision + 1, update_time = clock_timestamp()
          WHERE customer = $1 AND id = $2 AND state = 'ACTIVE'
          RETURNING )sql",
                                             kColumns),
                                row.customer, row.id));
}

// The subscriptions are locked first, in the order in which everybody locks them.
void FreeLicenses(Transaction& transaction, const Row& row) {
  transaction.Run(
      R"sql(
      SELECT true FROM directory.subscriptions s
      WHERE s.customer = $1 AND s.id IN (
        SELECT a.subscription FROM directory.license_assignments a
        WHERE a.customer = $1 AND a.user_id = $2)
      ORDER BY s.id FOR NO KEY UPDATE OF s)sql",
      row.customer, row.id);
  transaction.Run(
      R"sql(
      WITH freed AS (
        DELETE FROM directory.license_assignments
        WHERE customer = $1 AND user_id = $2
        RETURNING subscription)
      UPDATE directory.subscriptions s SET assigned = s.assigned - 1
      FROM freed WHERE s.customer = $1 AND s.id = freed.subscription)sql",
      row.customer, row.id);
}

// A day is 24 hours here, whatever the session's time zone makes of it.
std::optional<Row> Delete(Transaction& transaction, const Row& row, int days) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE directory.users AS u
          SET state = 'DELETED', delete_time = clock.now,
            purge_time = clock.now + make_interval(hours => 24 * $3::int),
            revision = revision + 1, update_time = clock.now
          FROM (SELECT clock_timestamp() AS now) AS clock
          WHERE customer = $1 AND id = $2 AND state = 'ACTIVE'
          RETURNING )sql",
                                             kColumns),
                                row.customer, row.id, days));
}

std::optional<Row> Restore(Transaction& transaction, const Row& row) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE directory.users AS u
          SET state = 'ACTIVE', delete_time = NULL, purge_time = NULL, revision = revision + 1,
            update_time = clock_timestamp()
          WHERE customer = $1 AND id = $2 AND state = 'DELETED' AND purge_time > clock_timestamp()
          RETURNING )sql",
                                             kColumns),
                                row.customer, row.id));
}

std::vector<Row> PurgeDue(Transaction& transaction, int limit) {
  std::vector<Row> purged;
  for (const pqxx::row& row : transaction.Run(absl::StrCat(R"sql(
          WITH due AS MATERIALIZED (
            SELECT customer, id FROM directory.users
            WHERE state = 'DELETED' AND purge_time <= statement_timestamp()
            ORDER BY purge_time LIMIT $1 FOR UPDATE SKIP LOCKED)
          DELETE FROM directory.users AS u USING due
          WHERE u.customer = due.customer AND u.id = due.id
          RETURNING )sql",
                                                           kColumns),
                                              limit)) {
    purged.push_back(FromRow(row));
  }
  return purged;
}

int32_t Count(Transaction& transaction, const std::string& customer) {
  return transaction
      .Run(R"sql(SELECT count(*)::integer FROM directory.users
                 WHERE customer = $1 AND state = 'ACTIVE')sql",
           customer)[0][0]
      .as<int32_t>();
}

std::vector<User> List(Transaction& transaction, const paging::NewestFirst& list, Deleted deleted) {
  const paging::Statement page = list.Page(
      absl::StrCat("SELECT ", kColumns, deleted == Deleted::kShown ? kNotGone : kActive), "u");
  std::vector<User> users;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    users.push_back(FromRow(row).user);
  }
  return users;
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  return {
      {.name = "user_principal_name",
       .type = Type::kFoldedText,
       .sql = "common.fold(u.user_principal_name)",
       .prefix = true},
      {.name = "display_name",
       .type = Type::kFoldedText,
       .sql = "common.fold(u.display_name)",
       .prefix = true},
      {.name = "state",
       .type = Type::kEnum,
       .sql = "u.state",
       .values = {{"ACTIVE", ""}, {"DELETED", ""}}},
      {.name = "blocked", .type = Type::kBoolean, .sql = "u.blocked"},
      {.name = "roles",
       .type = Type::kEnumSet,
       .sql = "u.roles",
       .values = {{"global_admin", ""}, {"billing_admin", ""}}},
      {.name = "create_time", .type = Type::kTime, .sql = "u.create_time"},
  };
}

}  // namespace partnerlink::directory::users
