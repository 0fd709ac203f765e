#include "services/relationship/grants/store.h"

#include <map>

#include "absl/strings/str_cat.h"
#include "common/access/grant_terms.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"

namespace partnerlink::relationship::grants {
namespace {

using postgres::FromTextArray;
using postgres::SetTime;
using postgres::ToTextArray;
using postgres::Transaction;
using v1::Grant;
using v1::Relationship;

// What the clock makes of a row.
#define STATE_NOW "relationship.grant_state(g.state, g.end_time, g.auto_extend, g.lapse_time)"
#define END_NOW "relationship.grant_end(g.state, g.end_time, g.auto_extend)"

// One column per line of FromRow.
#define COLUMNS(state, end_time) \
  "g.partner, g.id, g.display_name, g.customer, g.roles, " state              \
  ", " PARTNERLINK_MICROS("g.start_time") ", " PARTNERLINK_MICROS(end_time)   \
  ", g.duration_days, g.auto_extend, g.invitation,"                           \
  " coalesce(g.partner || '/grants/' || g.renews, ''), g.end_cause, "         \
  PARTNERLINK_MICROS("g.create_time") ", " PARTNERLINK_MICROS("g.update_time") \
  ", g.revision, " PARTNERLINK_MICROS("g.request_time") ", "                  \
  PARTNERLINK_MICROS("g.lapse_time")

constexpr char kColumns[] = COLUMNS(STATE_NOW, END_NOW);
constexpr char kStored[] = COLUMNS("g.state", "g.end_time");

// In force, by the clock; `t`: of which table, as "g.", or "".
#define IN_FORCE(t) \
  t "state = 'ACTIVE' AND (" t "auto_extend > 0 OR " t "end_time > clock_timestamp())"

// What a list selects from: all; without drafts; the grants in force without a relationship.
constexpr char kAll[] = " FROM relationship.grants g";
#define SOME_OF_THEM                                                                       \
  " FROM (SELECT partner, id, display_name, customer, roles, state, start_time, end_time," \
  " duration_days, auto_extend, invitation, renews, end_cause, create_time, update_time,"  \
  " revision, request_time, lapse_time FROM relationship.grants a WHERE "
constexpr char kWithoutDrafts[] = SOME_OF_THEM "state <> 'CREATED') g";
constexpr char kLeftBehind[] = SOME_OF_THEM IN_FORCE(
    "") " AND NOT EXISTS (SELECT FROM relationship.published_relationships r"
    " WHERE r.partner = a.partner AND r.customer = a.customer)) g";

Row FromRow(const pqxx::row& row) {
  Row result;
  Grant& grant = result.grant;
  grant.set_partner(row[0].as<std::string>());
  result.id = row[1].as<std::string>();
  grant.set_name(absl::StrCat(grant.partner(), "/grants/", result.id));
  grant.set_display_name(row[2].as<std::string>());
  grant.set_customer(row[3].as<std::string>());
  for (std::string& role : FromTextArray(row[4])) grant.add_roles(std::move(role));
  grant.set_state(postgres::ParseEnum(row[5], Grant::State_Parse));
  SetTime(row[6], [&] { return grant.mutable_start_time(); });
  SetTime(row[7], [&] { return grant.mutable_end_time(); });
  grant.set_duration_days(row[8].as<int32_t>());
  grant.set_auto_extend(row[9].as<int32_t>());
  grant.set_invitation(row[10].as<std::string>());
  grant.set_renews(row[11].as<std::string>());
  grant.set_end_cause(row[12].as<std::string>());
  SetTime(row[13], [&] { return grant.mutable_create_time(); });
  SetTime(row[14], [&] { return grant.mutable_update_time(); });
  result.revision = row[15].as<int64_t>();
  grant.set_etag(postgres::Etag(result.revision));
  SetTime(row[16], [&] { return grant.mutable_request_time(); });
  SetTime(row[17], [&] { return grant.mutable_lapse_time(); });
  return result;
}

std::optional<Row> OneRow(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

std::string RolesOf(const Grant& grant) {
  return ToTextArray({grant.roles().begin(), grant.roles().end()});
}

// The UUID at the end of a name; empty for none.
std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

std::vector<Grant> Page(Transaction& transaction, const paging::Statement& page) {
  std::vector<Grant> grants;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    grants.push_back(FromRow(row).grant);
  }
  return grants;
}

// Which rows the clock changes, by which of their times, and how.
struct Timed {
  const char* state;
  const char* time;
  const char* also;
  const char* set;
};

// Two statements, as a statement that changes a row does not answer what it was before.
std::vector<Due> ChangeDue(Transaction& transaction, const Timed& timed, int limit) {
  std::map<std::string, Row> taken;  // by name
  std::vector<std::string> partners, ids;
  for (const pqxx::row& row : transaction.Run(
           absl::StrCat("SELECT ", kStored, " FROM relationship.grants g WHERE g.state = '",
                        timed.state, "' AND g.", timed.time, " <= statement_timestamp()",
                        timed.also, " ORDER BY g.", timed.time,
                        " LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED"),
           limit)) {
    Row before = FromRow(row);
    partners.push_back(before.grant.partner());
    ids.push_back(before.id);
    std::string name = before.grant.name();
    taken.emplace(std::move(name), std::move(before));
  }
  std::vector<Due> changed;
  if (taken.empty()) return changed;
  for (const pqxx::row& row :
       transaction.Run(absl::StrCat("UPDATE relationship.grants AS g SET ", timed.set, R"sql(,
              revision = revision + 1, update_time = clock_timestamp()
            FROM unnest($1::text[], $2::uuid[]) AS due (partner, id)
            WHERE g.partner = due.partner AND g.id = due.id
            RETURNING )sql",
                                    kStored),
                       ToTextArray(partners), ToTextArray(ids))) {
    Row after = FromRow(row);
    Row& before = taken.at(after.grant.name());
    changed.push_back({std::move(before), std::move(after)});
  }
  return changed;
}

}  // namespace

std::optional<Row> Find(Transaction& transaction, const std::string& partner,
                        const std::string& id) {
  return OneRow(transaction.Run(
      absl::StrCat("SELECT ", kColumns,
                   " FROM relationship.grants g WHERE g.partner = $1 AND g.id = $2"),
      partner, id));
}

void LockRow(Transaction& transaction, const std::string& partner, const std::string& id) {
  transaction.RunLater("SELECT common.lock_grant($1)", id);
  transaction.Run(R"sql(SELECT true FROM relationship.grants WHERE partner = $1 AND id = $2
                        FOR NO KEY UPDATE)sql",
                  partner, id);
}

std::vector<std::string> NamesInForce(Transaction& transaction, const std::string& partner,
                                      const std::string& customer, int limit) {
  std::vector<std::string> names;
  for (const pqxx::row& row : transaction.Run(
           R"sql(SELECT partner || '/grants/' || id FROM relationship.published_grants
                 WHERE partner = $1 AND customer = $2 ORDER BY id LIMIT $3)sql",
           partner, customer, limit)) {
    names.push_back(row[0].as<std::string>());
  }
  return names;
}

std::string FindRenewal(Transaction& transaction, const std::string& partner,
                        const std::string& id) {
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT g.partner || '/grants/' || g.id FROM relationship.grants g
            WHERE g.partner = $1 AND g.renews = $2 AND g.state IN ('APPROVAL_PENDING', 'ACTIVE')
              AND )sql" STATE_NOW " IN ('APPROVAL_PENDING', 'ACTIVE')",
      partner, id);
  return rows.empty() ? "" : rows[0][0].as<std::string>();
}

std::optional<Relationship> FindRelationship(Transaction& transaction, const std::string& partner,
                                             const std::string& customer) {
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT r.id, CASE WHEN p.id IS NULL THEN 'ENDED' ELSE r.state END
            FROM relationship.relationships r
            LEFT JOIN relationship.published_relationships p ON p.partner = r.partner AND p.id = r.id
            WHERE r.partner = $1 AND r.customer = $2
            ORDER BY r.state = 'ACTIVE' DESC, r.create_time DESC, r.id DESC LIMIT 1)sql",
      partner, customer);
  if (rows.empty()) return std::nullopt;
  Relationship relationship;
  relationship.set_name("relationships/" + rows[0][0].as<std::string>());
  relationship.set_state(postgres::ParseEnum(rows[0][1], Relationship::State_Parse));
  return relationship;
}

void KeepActing(Transaction& transaction, const std::string& partner) {
  transaction.Run("SELECT common.acting_to_write($1)", partner);
}

std::vector<Grant> List(Transaction& transaction, const paging::NewestFirst& list, Drafts drafts) {
  return Page(transaction, list.Page(absl::StrCat("SELECT ", kColumns,
                                                  drafts == Drafts::kShown ? kAll : kWithoutDrafts),
                                     "g"));
}

std::vector<Grant> ListLeftBehind(Transaction& transaction, const paging::NewestFirst& list) {
  return Page(transaction, list.Page(absl::StrCat("SELECT ", kColumns, kLeftBehind), "g"));
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  filter::Field state = {.name = "state", .type = Type::kEnum, .sql = STATE_NOW};
  for (int number = Grant::CREATED; number <= Grant::State_MAX; ++number) {
    state.values.emplace_back(Grant::State_Name(static_cast<Grant::State>(number)), "");
  }
  filter::Field roles = {.name = "roles", .type = Type::kEnumSet, .sql = "g.roles"};
  for (const std::string_view role : partnerlink::access::kGrantRoles) {
    roles.values.emplace_back(role, "");
  }
  return {
      state,
      roles,
      {.name = "partner", .type = Type::kText, .sql = "g.partner"},
      {.name = "customer", .type = Type::kText, .sql = "g.customer"},
      {.name = "create_time", .type = Type::kTime, .sql = "g.create_time"},
      {.name = "start_time", .type = Type::kTime, .sql = "g.start_time"},
      {.name = "end_time", .type = Type::kTime, .sql = END_NOW},
      {.name = "request_time", .type = Type::kTime, .sql = "g.request_time"},
      {.name = "lapse_time", .type = Type::kTime, .sql = "g.lapse_time"},
  };
}

// A day is 24 hours here, whatever the session's time zone makes of it.
Grant Insert(Transaction& transaction, const Grant& grant) {
  return FromRow(transaction.Run(absl::StrCat(R"sql(
          INSERT INTO relationship.grants AS g (partner, display_name, customer, roles, state,
            start_time, end_time, remind_time, duration_days, auto_extend, invitation)
          SELECT $1, $2, $3, $4, 'ACTIVE', life.start_time, life.end_time,
            CASE WHEN $6 = 0 THEN relationship.next_reminder(life.end_time, life.start_time) END,
            $5, $6, $7
          FROM (SELECT clock.now AS start_time,
                  clock.now + make_interval(hours => 24 * $5::int) AS end_time
                FROM (SELECT clock_timestamp() AS now) AS clock) AS life
          RETURNING )sql",
                                              kColumns),
                                 grant.partner(), grant.display_name(), grant.customer(),
                                 RolesOf(grant), grant.duration_days(), grant.auto_extend(),
                                 grant.invitation())[0])
      .grant;
}

std::vector<Grant> InsertAll(Transaction& transaction, const Grant& grant,
                             const std::vector<std::string>& customers) {
  std::vector<Grant> grants;
  for (const pqxx::row& row : transaction.Run(
           absl::StrCat(R"sql(
           INSERT INTO relationship.grants AS g (partner, display_name, customer, roles, state,
             start_time, end_time, remind_time, duration_days, auto_extend, invitation)
           SELECT $1, $2, customer, $4, 'ACTIVE', life.start_time, life.end_time,
             CASE WHEN $6 = 0 THEN relationship.next_reminder(life.end_time, life.start_time) END,
             $5, $6, $7
           FROM unnest($3::text[]) AS customer
           CROSS JOIN (SELECT clock.now AS start_time,
                         clock.now + make_interval(hours => 24 * $5::int) AS end_time
                       FROM (SELECT clock_timestamp() AS now) AS clock) AS life
           RETURNING )sql",
                        kColumns),
           grant.partner(), grant.display_name(), ToTextArray(customers), RolesOf(grant),
           grant.duration_days(), grant.auto_extend(), grant.invitation())) {
    grants.push_back(FromRow(row).grant);
  }
  return grants;
}

Row InsertDraft(Transaction& transaction, const Grant& grant) {
  return FromRow(transaction.Run(absl::StrCat(R"sql(
          INSERT INTO relationship.grants AS g (partner, display_name, customer, roles, state,
            duration_days, auto_extend, renews)
          VALUES ($1, $2, $3, $4, 'CREATED', $5, $6, nullif($7, '')::uuid)
          RETURNING )sql",
                                              kColumns),
                                 grant.partner(), grant.display_name(), grant.customer(),
                                 RolesOf(grant), grant.duration_days(), grant.auto_extend(),
                                 IdOf(grant.renews()))[0]);
}

std::optional<Row> UpdateDraft(Transaction& transaction, const Row& row) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE relationship.grants AS g
          SET display_name = $3, roles = $4, duration_days = $5, auto_extend = $6,
            revision = revision + 1, update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND state = 'CREATED'
          RETURNING )sql",
                                             kColumns),
                                row.grant.partner(), row.id, row.grant.display_name(),
                                RolesOf(row.grant), row.grant.duration_days(),
                                row.grant.auto_extend()));
}

bool DeleteDraft(Transaction& transaction, const Row& row) {
  return !transaction
              .Run(R"sql(DELETE FROM relationship.grants
                         WHERE partner = $1 AND id = $2 AND state = 'CREATED' RETURNING true)sql",
                   row.grant.partner(), row.id)
              .empty();
}

std::optional<Row> RequestApproval(Transaction& transaction, const Row& row, int days) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE relationship.grants AS g
          SET state = 'APPROVAL_PENDING', request_time = clock.now,
            lapse_time = clock.now + make_interval(hours => 24 * $3::int),
            revision = revision + 1, update_time = clock_timestamp()
          FROM (SELECT clock_timestamp() AS now) AS clock
          WHERE partner = $1 AND id = $2 AND state = 'CREATED'
          RETURNING )sql",
                                             kColumns),
                                row.grant.partner(), row.id, days));
}

std::optional<Row> Approve(Transaction& transaction, const Row& row) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE relationship.grants AS g
          SET state = 'ACTIVE', roles = $3, duration_days = $4, auto_extend = $5,
            start_time = life.start_time, end_time = life.end_time,
            remind_time = CASE WHEN $5 = 0 THEN
              relationship.next_reminder(life.end_time, life.start_time) END,
            revision = revision + 1, update_time = clock_timestamp()
          FROM (SELECT clock.now AS start_time,
                  clock.now + make_interval(hours => 24 * $4::int) AS end_time
                FROM (SELECT clock_timestamp() AS now) AS clock) AS life
          WHERE partner = $1 AND id = $2 AND state = 'APPROVAL_PENDING'
            AND lapse_time > clock_timestamp()
          RETURNING )sql",
                                             kColumns),
                                row.grant.partner(), row.id, RolesOf(row.grant),
                                row.grant.duration_days(), row.grant.auto_extend()));
}

std::optional<Row> CloseRequest(Transaction& transaction, const Row& row, Grant::State to,
                                const std::string& cause) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE relationship.grants AS g
          SET state = $3, end_cause = $4, revision = revision + 1, update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND state = 'APPROVAL_PENDING'
            AND lapse_time > clock_timestamp()
          RETURNING )sql",
                                             kColumns),
                                row.grant.partner(), row.id, Grant::State_Name(to), cause));
}

std::optional<Row> Terminate(Transaction& transaction, const Row& row, const std::string& cause) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE relationship.grants AS g
          SET state = 'TERMINATED', end_time = clock_timestamp(), end_cause = $3,
            revision = revision + 1, update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND )sql" IN_FORCE("") " RETURNING ",
                                             kColumns),
                                row.grant.partner(), row.id, cause));
}

std::optional<Row> KeepRoles(Transaction& transaction, const Row& row) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE relationship.grants AS g
          SET roles = $3, revision = revision + 1, update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND )sql" IN_FORCE("") " RETURNING ",
                                             kColumns),
                                row.grant.partner(), row.id, RolesOf(row.grant)));
}

std::optional<Row> EndAtStartOf(Transaction& transaction, const Row& renewal, const Row& row,
                                const std::string& cause) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE relationship.grants AS g
          SET state = 'TERMINATED', end_time = n.start_time, end_cause = $4,
            revision = g.revision + 1, update_time = clock_timestamp()
          FROM relationship.grants n
          WHERE g.partner = $1 AND g.id = $2 AND n.partner = $1 AND n.id = $3
            AND )sql" IN_FORCE("g.") " RETURNING ",
                                             kColumns),
                                row.grant.partner(), row.id, renewal.id, cause));
}

std::vector<Due> ExpireDue(Transaction& transaction, int limit) {
  return ChangeDue(transaction,
                   {.state = "ACTIVE",
                    .time = "end_time",
                    .also = " AND g.auto_extend = 0",
                    .set = "state = 'EXPIRED', end_cause = 'time'"},
                   limit);
}

std::vector<Due> LapseDue(Transaction& transaction, int limit) {
  return ChangeDue(transaction,
                   {.state = "APPROVAL_PENDING",
                    .time = "lapse_time",
                    .also = "",
                    .set = "state = 'LAPSED', end_cause = 'time'"},
                   limit);
}

std::vector<Due> ExtendDue(Transaction& transaction, int limit) {
  return ChangeDue(transaction,
                   {.state = "ACTIVE",
                    .time = "end_time",
                    .also = " AND g.auto_extend > 0",
                    .set = "end_time = " END_NOW},
                   limit);
}

std::vector<Due> RemindDue(Transaction& transaction, int limit) {
  return ChangeDue(
      transaction,
      {.state = "ACTIVE",
       .time = "remind_time",
       .also = " AND g.end_time > statement_timestamp()",
       .set = "remind_time = relationship.next_reminder(g.end_time, clock_timestamp())"},
      limit);
}

std::vector<Row> LockInForce(Transaction& transaction, const std::string& partner,
                             const std::string& customer) {
  const auto in_force = [&](const char* columns, const char* lock) {
    return transaction.Run(absl::StrCat("SELECT ", columns,
                                        " FROM relationship.grants g"
                                        " WHERE g.partner = $1 AND g.customer = $2 AND " IN_FORCE(
                                            "g.") " ORDER BY g.id",
                                        lock),
                           partner, customer);
  };
  for (const pqxx::row& row : in_force("g.id", "")) {
    transaction.Run("SELECT common.lock_grant($1)", row[0].as<std::string>());
  }
  std::vector<Row> rows;
  for (const pqxx::row& row : in_force(kColumns, " FOR NO KEY UPDATE")) {
    rows.push_back(FromRow(row));
  }
  return rows;
}

}  // namespace partnerlink::relationship::grants
