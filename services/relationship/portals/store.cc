#include "services/relationship/portals/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"

namespace partnerlink::relationship::portals {
namespace {

using postgres::FromTextArray;
using postgres::ToTextArray;
using postgres::Transaction;
using v1::PortalRecord;

// One column per line of FromRow.
constexpr char kColumns[] =
    "r.partner_number, r.id, r.portal, r.customer, r.company, r.roles, r.state, r.reason,"
    " coalesce('relationships/' || r.relationship, ''), " PARTNERLINK_MICROS(
        "r.create_time") ", " PARTNERLINK_MICROS("r.update_time");

Row FromRow(const pqxx::row& row) {
  Row result;
  result.partner_number = row[0].as<std::string>();
  result.id = row[1].as<std::string>();
  PortalRecord& record = result.record;
  record.set_name(absl::StrCat("portalRecords/", result.id));
  record.set_partner_number(result.partner_number);
  record.set_portal(row[2].as<std::string>());
  record.set_customer(row[3].as<std::string>());
  record.mutable_company()->ParseFromString(pqxx::binarystring(row[4]).str());
  for (const std::string& role : FromTextArray(row[5])) record.add_roles(role);
  record.set_state(postgres::ParseEnum(row[6], PortalRecord::State_Parse));
  record.set_reason(postgres::ParseEnum(row[7], common::v1::ErrorReason_Parse));
  record.set_relationship(row[8].as<std::string>());
  postgres::SetTime(row[9], [&] { return record.mutable_create_time(); });
  postgres::SetTime(row[10], [&] { return record.mutable_update_time(); });
  return result;
}

}  // namespace

void LockPartnerNumber(Transaction& transaction, const std::string& partner_number) {
  transaction.Run("SELECT relationship.lock_partner_number($1)", partner_number);
}

void SharePartnerNumber(Transaction& transaction, const std::string& partner_number) {
  transaction.RunLater("SELECT relationship.share_partner_number($1)", partner_number);
}

void Keep(Transaction& transaction, const PortalRecord& record) {
  transaction.RunLater(
      R"sql(
      INSERT INTO relationship.portal_records AS r (partner_number, portal, customer, company, roles)
      VALUES ($1, $2, $3, $4, $5)
      ON CONFLICT (partner_number, customer, portal) DO UPDATE
      SET company = excluded.company, roles = excluded.roles, update_time = clock_timestamp(),
        state = CASE r.state WHEN 'REFUSED' THEN 'RECORDED' ELSE r.state END, reason = '')sql",
      record.partner_number(), record.portal(), record.customer(),
      pqxx::binarystring(record.company().SerializeAsString()),
      ToTextArray({record.roles().begin(), record.roles().end()}));
}

void StartJobs(Transaction& transaction, const std::vector<std::string>& partner_numbers) {
  transaction.Run(
      R"sql(INSERT INTO relationship.portal_jobs AS j (partner, partner_number)
            SELECT p.name, p.partner_number FROM relationship.partners p
            WHERE p.partner_number = ANY ($1::text[])
            ORDER BY p.name
            ON CONFLICT (partner) DO UPDATE SET create_time = clock_timestamp())sql",
      ToTextArray(partner_numbers));
}

void RetryRefused(Transaction& transaction, const std::string& partner_number) {
  transaction.Run(
      R"sql(UPDATE relationship.portal_records
            SET state = 'RECORDED', reason = '', update_time = clock_timestamp()
            WHERE partner_number = $1 AND state = 'REFUSED')sql",
      partner_number);
}

std::vector<v1::Partner> PartnersWithJobs(Transaction& transaction) {
  std::vector<v1::Partner> partners;
  for (const pqxx::row& row : transaction.Run(
           R"sql(SELECT p.name, p.partner_number, p.types
                 FROM relationship.portal_jobs j JOIN relationship.partners p ON p.name = j.partner
                 WHERE p.state = 'ACTIVE' ORDER BY j.create_time)sql")) {
    v1::Partner& partner = partners.emplace_back();
    partner.set_name(row[0].as<std::string>());
    partner.set_partner_number(row[1].as<std::string>());
    for (const std::string& type : FromTextArray(row[2])) {
      partner.add_types(postgres::ParseEnum(type, v1::Partner::Type_Parse));
    }
  }
  return partners;
}

std::optional<Row> TakeWaiting(Transaction& transaction, const std::string& partner_number,
                               const std::string& after) {
  const pqxx::result rows = transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM relationship.portal_records r
          WHERE r.partner_number = $1 AND r.state = 'RECORDED'
            AND r.id > coalesce(nullif($2, '')::uuid, '00000000-0000-0000-0000-000000000000')
          ORDER BY r.id LIMIT 1
          FOR NO KEY UPDATE SKIP LOCKED)sql"),
                                            partner_number, after);
  return rows.empty() ? std::nullopt : std::optional(FromRow(rows[0]));
}

void SetState(Transaction& transaction, const Row& row, const PortalRecord& after) {
  const std::string relationship = after.relationship().substr(after.relationship().find('/') + 1);
  transaction.Run(
      R"sql(UPDATE relationship.portal_records
            SET state = $3, reason = $4, relationship = nullif($5, '')::uuid,
              update_time = clock_timestamp()
            WHERE partner_number = $1 AND id = $2)sql",
      row.partner_number, row.id, PortalRecord::State_Name(after.state()),
      after.state() == PortalRecord::REFUSED ? common::v1::ErrorReason_Name(after.reason()) : "",
      relationship);
}

void EndJob(Transaction& transaction, const v1::Partner& partner) {
  // Behind the lock of the job's row everything is seen that an import before this has recorded.
  transaction.Run("SELECT partner FROM relationship.portal_jobs WHERE partner = $1 FOR UPDATE",
                  partner.name());
  transaction.Run(
      R"sql(DELETE FROM relationship.portal_jobs WHERE partner = $1 AND NOT EXISTS (
              SELECT FROM relationship.portal_records
              WHERE partner_number = $2 AND state = 'RECORDED'))sql",
      partner.name(), partner.partner_number());
}

v1::Partner::PortalCustomers Count(Transaction& transaction, const std::string& partner_number) {
  const pqxx::row row = transaction.Run(
      R"sql(SELECT count(*) FILTER (WHERE state = 'RECORDED'),
              count(*) FILTER (WHERE state = 'ESTABLISHED'),
              count(*) FILTER (WHERE state = 'REFUSED')
            FROM relationship.portal_records WHERE partner_number = $1)sql",
      partner_number)[0];
  v1::Partner::PortalCustomers count;
  count.set_recorded(row[0].as<int32_t>());
  count.set_established(row[1].as<int32_t>());
  count.set_refused(row[2].as<int32_t>());
  return count;
}

std::vector<PortalRecord> List(Transaction& transaction, const paging::NewestFirst& list) {
  // The numbers of all partners, or of nobody, or that of one.
  const paging::Statement page = list.Page(
      absl::StrCat("SELECT ", kColumns, " FROM relationship.portal_records r"), "r",
      list.IsOfAll() ? "'' = $1"
                     : "r.partner_number = (SELECT p.partner_number FROM relationship.partners p"
                       " WHERE p.name = $1)");
  std::vector<PortalRecord> records;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    records.push_back(FromRow(row).record);
  }
  return records;
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  return {
      {.name = "portal", .type = Type::kText, .sql = "r.portal"},
      {.name = "partner_number", .type = Type::kText, .sql = "r.partner_number"},
      {.name = "customer", .type = Type::kText, .sql = "r.customer"},
      {.name = "state",
       .type = Type::kEnum,
       .sql = "r.state",
       .values = {{"RECORDED", ""}, {"ESTABLISHED", ""}, {"REFUSED", ""}}},
      {.name = "create_time", .type = Type::kTime, .sql = "r.create_time"},
  };
}

}  // namespace partnerlink::relationship::portals
