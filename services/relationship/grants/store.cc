#include "services/relationship/grants/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"

namespace partnerlink::relationship::grants {
namespace {

using postgres::FromTextArray;
using postgres::SetTime;
using postgres::ToTextArray;
using postgres::Transaction;
using v1::Grant;

#define EFFECTIVE_STATE                                                              \
  "(CASE WHEN g.state = 'ACTIVE' AND g.end_time <= clock_timestamp() THEN 'EXPIRED'" \
  " ELSE g.state END)"

// One column per line of FromRow.
constexpr char kColumns[] =
    "g.partner, g.partner || '/grants/' || g.id, g.display_name, g.customer, g.roles, "
    EFFECTIVE_STATE ", " PARTNERLINK_MICROS("g.start_time") ", " PARTNERLINK_MICROS("g.end_time")
    ", g.duration_days, g.auto_extend, g.invitation,"
    " coalesce(g.partner || '/grants/' || g.renews, ''), g.end_cause, "
    PARTNERLINK_MICROS("g.create_time") ", " PARTNERLINK_MICROS("g.update_time") ", g.revision";

Grant FromRow(const pqxx::row& row) {
  Grant grant;
  grant.set_partner(row[0].as<std::string>());
  grant.set_name(row[1].as<std::string>());
  grant.set_display_name(row[2].as<std::string>());
  grant.set_customer(row[3].as<std::string>());
  for (const std::string& role : FromTextArray(row[4])) grant.add_roles(role);
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
  grant.set_etag(postgres::Etag(row[15].as<int64_t>()));
  return grant;
}

}  // namespace

std::optional<Grant> Find(Transaction& transaction, const std::string& partner,
                          const std::string& id) {
  const pqxx::result rows = transaction.Run(
      absl::StrCat("SELECT ", kColumns,
                   " FROM relationship.grants g WHERE g.partner = $1 AND g.id = $2"),
      partner, id);
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
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

std::vector<Grant> List(Transaction& transaction, const paging::NewestFirst& list) {
  const paging::Statement page =
      list.Page(absl::StrCat("SELECT ", kColumns, " FROM relationship.grants g"), "g");
  std::vector<Grant> grants;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    grants.push_back(FromRow(row));
  }
  return grants;
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  return {
      {.name = "state",
       .type = Type::kEnum,
       .sql = EFFECTIVE_STATE,
       .values = {{"ACTIVE", ""}, {"EXPIRED", ""}, {"TERMINATED", ""}}},
      {.name = "partner", .type = Type::kText, .sql = "g.partner"},
      {.name = "customer", .type = Type::kText, .sql = "g.customer"},
      {.name = "create_time", .type = Type::kTime, .sql = "g.create_time"},
      {.name = "start_time", .type = Type::kTime, .sql = "g.start_time"},
      {.name = "end_time", .type = Type::kTime, .sql = "g.end_time"},
  };
}

// A day is 24 hours here, whatever the session's time zone makes of it.
Grant Insert(Transaction& transaction, const Grant& grant) {
  return FromRow(transaction.Run(absl::StrCat(R"sql(
          INSERT INTO relationship.grants AS g (partner, display_name, customer, roles, state,
            start_time, end_time, duration_days, auto_extend, invitation)
          SELECT $1, $2, $3, $4, $5, clock.now, clock.now + make_interval(hours => 24 * $6::int),
            $6, $7, $8
          FROM (SELECT clock_timestamp() AS now) AS clock
          RETURNING )sql",
                                              kColumns),
                                 grant.partner(), grant.display_name(), grant.customer(),
                                 ToTextArray({grant.roles().begin(), grant.roles().end()}),
                                 Grant::State_Name(grant.state()), grant.duration_days(),
                                 grant.auto_extend(), grant.invitation())[0]);
}

}  // namespace partnerlink::relationship::grants
