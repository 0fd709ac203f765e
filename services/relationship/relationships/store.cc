#include "services/relationship/relationships/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"

namespace partnerlink::relationship::relationships {
namespace {

using postgres::ParseEnum;
using postgres::SetTime;
using postgres::Transaction;
using v1::Relationship;

#define EFFECTIVE_STATE                                                                      \
  "(CASE WHEN r.state = 'ENDING' AND r.effective_end_time <= clock_timestamp() THEN 'ENDED'" \
  " ELSE r.state END)"

// One column per line of FromRow.
constexpr char kColumns[] =
    "r.id, r.type, r.partner, r.customer, " EFFECTIVE_STATE ", r.origin, r.invitation,"
    " r.via_partner, coalesce('relationships/' || r.predecessor, ''), "
    PARTNERLINK_MICROS("r.effective_end_time") ", " PARTNERLINK_MICROS("r.create_time") ", "
    PARTNERLINK_MICROS("r.update_time") ", r.revision, r.state_cause, r.revoke_grants,"
    " coalesce(r.ending_from, ''), r.end_notice_days";

// What was attested, where its reader may see it; one column per line of ReadAttestation.
constexpr char kAttested[] =
    ", a.text_version, a.good_faith, a.business_purpose, a.per_agreement,"
    " a.accepts_responsibility, a.legal_notice, a.actor, " PARTNERLINK_MICROS("a.attest_time");
constexpr char kFrom[] =
    " FROM relationship.relationships r"
    " LEFT JOIN relationship.attestations a ON a.partner = r.partner AND a.relationship = r.id";

constexpr int kFirstAttested = 17;  // behind kColumns

void ReadAttestation(const pqxx::row& row, Relationship& relationship) {
  if (row.size() <= kFirstAttested || row[kFirstAttested].is_null()) return;
  v1::Attestation& attestation = *relationship.mutable_attestation();
  attestation.set_text_version(row[kFirstAttested].as<std::string>());
  attestation.set_good_faith(row[kFirstAttested + 1].as<bool>());
  attestation.set_business_purpose(row[kFirstAttested + 2].as<bool>());
  attestation.set_per_agreement(row[kFirstAttested + 3].as<bool>());
  attestation.set_accepts_responsibility(row[kFirstAttested + 4].as<bool>());
  attestation.set_legal_notice(
      ParseEnum(row[kFirstAttested + 5], v1::Attestation::LegalNotice_Parse));
  attestation.set_actor(row[kFirstAttested + 6].as<std::string>());
  SetTime(row[kFirstAttested + 7], [&] { return attestation.mutable_attest_time(); });
}

Row FromRow(const pqxx::row& row) {
  Row result;
  result.id = row[0].as<std::string>();
  Relationship& relationship = result.relationship;
  relationship.set_name(absl::StrCat("relationships/", result.id));
  relationship.set_type(ParseEnum(row[1], Relationship::Type_Parse));
  relationship.set_partner(row[2].as<std::string>());
  relationship.set_customer(row[3].as<std::string>());
  relationship.set_state(ParseEnum(row[4], Relationship::State_Parse));
  relationship.set_origin(ParseEnum(row[5], Relationship::Origin_Parse));
  relationship.set_invitation(row[6].as<std::string>());
  relationship.set_via_partner(row[7].as<std::string>());
  relationship.set_predecessor(row[8].as<std::string>());
  SetTime(row[9], [&] { return relationship.mutable_effective_end_time(); });
  SetTime(row[10], [&] { return relationship.mutable_create_time(); });
  SetTime(row[11], [&] { return relationship.mutable_update_time(); });
  result.revision = row[12].as<int64_t>();
  relationship.set_etag(postgres::Etag(result.revision));
  relationship.set_state_cause(row[13].as<std::string>());
  relationship.set_revoke_grants(row[14].as<bool>());
  result.ending_from = ParseEnum(row[15], Relationship::State_Parse);
  relationship.set_end_notice_days(row[16].as<int32_t>());
  ReadAttestation(row, relationship);
  return result;
}

std::optional<Row> OneRow(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

}  // namespace

std::optional<Row> Find(Transaction& transaction, const std::string& id) {
  return OneRow(
      transaction.Run(absl::StrCat("SELECT ", kColumns, kAttested, kFrom, " WHERE r.id = $1"), id));
}

std::optional<Row> Lock(Transaction& transaction, const std::string& id) {
  transaction.Run("SELECT common.lock_edge($1)", id);
  return OneRow(transaction.Run(absl::StrCat("SELECT ", kColumns,
                                             " FROM relationship.relationships r WHERE r.id = $1"
                                             " FOR NO KEY UPDATE"),
                                id));
}

void OpenToProvider(Transaction& transaction, const std::string& id) {
  transaction.RunLater("SELECT set_config('partnerlink.relationship', $1, true)", id);
}

bool CameThrough(Transaction& transaction, const std::string& provider, const std::string& id) {
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT relationship.came_through($1, r.partner, r.customer, r.source)
            FROM relationship.relationships r WHERE r.id = $2)sql",
      provider, id);
  return !rows.empty() && rows[0][0].as<bool>();
}

std::vector<std::string> FindActiveSubscriptions(Transaction& transaction, const Row& row,
                                                 int limit) {
  std::vector<std::string> names;
  for (const pqxx::row& found : transaction.Run(
           R"sql(SELECT customer || '/subscriptions/' || id FROM directory.published_subscriptions
                 WHERE customer = $1 AND relationship = $2 ORDER BY id LIMIT $3)sql",
           row.relationship.customer(), row.id, limit)) {
    names.push_back(found[0].as<std::string>());
  }
  return names;
}

void KeepAttestation(Transaction& transaction, const Row& row, const v1::Attestation& attestation) {
  transaction.Run(
      R"sql(INSERT INTO relationship.attestations (partner, relationship, text_version, good_faith,
              business_purpose, per_agreement, accepts_responsibility, legal_notice, actor)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9))sql",
      row.relationship.partner(), row.id, attestation.text_version(), attestation.good_faith(),
      attestation.business_purpose(), attestation.per_agreement(),
      attestation.accepts_responsibility(),
      v1::Attestation::LegalNotice_Name(attestation.legal_notice()), attestation.actor());
}

std::optional<Row> End(Transaction& transaction, const Row& row) {
  const pqxx::result ended = transaction.Run(
      R"sql(UPDATE relationship.relationships
            SET state = 'ENDED', state_cause = '', effective_end_time = clock_timestamp(),
              revision = revision + 1, update_time = clock_timestamp()
            WHERE partner = $1 AND id = $2 AND state IN ('ACTIVE', 'SUSPENDED')
            RETURNING id)sql",
      row.relationship.partner(), row.id);
  return ended.empty() ? std::nullopt : Find(transaction, row.id);
}

std::optional<Row> SetState(Transaction& transaction, const Row& before, Relationship::State state,
                            const std::string& cause) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE relationship.relationships AS r
          SET state = $4, state_cause = $5, revision = revision + 1,
            update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND state = $3
          RETURNING )sql",
                                             kColumns),
                                before.relationship.partner(), before.id,
                                Relationship::State_Name(before.relationship.state()),
                                Relationship::State_Name(state), cause));
}

// A day is 24 hours here, whatever the session's time zone makes of it. Without any, what ends it
// in the same transaction is the change that counts.
std::optional<Row> BeginEnd(Transaction& transaction, const Row& before, const std::string& cause,
                            bool revoke_grants) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE relationship.relationships AS r
          SET state = 'ENDING', state_cause = $3, revoke_grants = $4,
            effective_end_time = clock_timestamp() + make_interval(hours => 24 * end_notice_days),
            revision = revision + (end_notice_days > 0)::int, update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND state IN ('ACTIVE', 'SUSPENDED')
          RETURNING )sql",
                                             kColumns),
                                before.relationship.partner(), before.id, cause, revoke_grants));
}

std::optional<Row> TakeBackEnd(Transaction& transaction, const Row& before,
                               const std::string& cause) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE relationship.relationships AS r
          SET state = $3, state_cause = $4, revoke_grants = false, effective_end_time = NULL,
            revision = revision + 1, update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND state = 'ENDING'
            AND effective_end_time > clock_timestamp()
          RETURNING )sql",
                                             kColumns),
                                before.relationship.partner(), before.id,
                                Relationship::State_Name(before.ending_from), cause));
}

std::optional<Row> FinishEnd(Transaction& transaction, const std::string& id) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE relationship.relationships AS r
          SET state = 'ENDED', revision = revision + 1, update_time = clock_timestamp()
          WHERE id = $1 AND state = 'ENDING' AND effective_end_time <= clock_timestamp()
          RETURNING )sql",
                                             kColumns),
                                id));
}

std::vector<Row> FinishEnds(Transaction& transaction, int limit) {
  std::vector<Row> rows;
  for (const pqxx::row& row : transaction.Run(absl::StrCat(R"sql(
           WITH due AS MATERIALIZED (
             SELECT d.partner, d.id FROM relationship.relationships d
             WHERE d.state = 'ENDING' AND d.effective_end_time <= statement_timestamp()
             ORDER BY d.effective_end_time LIMIT $1 FOR NO KEY UPDATE SKIP LOCKED)
           UPDATE relationship.relationships AS r
           SET state = 'ENDED', revision = r.revision + 1, update_time = clock_timestamp()
           FROM due
           WHERE r.partner = due.partner AND r.id = due.id AND r.state = 'ENDING'
           RETURNING )sql",
                                                           kColumns),
                                              limit)) {
    rows.push_back(FromRow(row));
  }
  return rows;
}

std::vector<v1::AttestationText> CurrentAttestationTexts(Transaction& transaction) {
  std::vector<v1::AttestationText> texts;
  for (const pqxx::row& row : transaction.Run(R"sql(
           SELECT version, locale, body, )sql" PARTNERLINK_MICROS("effective_time") R"sql(
           FROM relationship.attestation_texts
           WHERE version = (SELECT version FROM relationship.attestation_texts
                            WHERE effective_time <= clock_timestamp()
                            ORDER BY effective_time DESC, version DESC LIMIT 1)
             AND effective_time <= clock_timestamp()
           ORDER BY locale)sql")) {
    v1::AttestationText& text = texts.emplace_back();
    text.set_version(row[0].as<std::string>());
    text.set_locale(row[1].as<std::string>());
    text.set_text(row[2].as<std::string>());
    SetTime(row[3], [&] { return text.mutable_effective_time(); });
  }
  return texts;
}

std::vector<Relationship> List(Transaction& transaction, const paging::NewestFirst& list) {
  const paging::Statement page =
      list.Page(absl::StrCat("SELECT ", kColumns, kAttested, kFrom), "r");
  std::vector<Relationship> relationships;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    relationships.push_back(FromRow(row).relationship);
  }
  return relationships;
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  return {
      {.name = "state",
       .type = Type::kEnum,
       .sql = EFFECTIVE_STATE,
       .values = {{"ACTIVE", ""}, {"SUSPENDED", ""}, {"ENDING", ""}, {"ENDED", ""}}},
      {.name = "type",
       .type = Type::kEnum,
       .sql = "r.type",
       .values = {{"RESELLER", ""}, {"PROVIDER", ""}}},
      {.name = "partner", .type = Type::kText, .sql = "r.partner"},
      {.name = "customer", .type = Type::kText, .sql = "r.customer"},
      {.name = "origin",
       .type = Type::kEnum,
       .sql = "r.origin",
       .values = {{"INVITATION", ""}, {"PORTAL", ""}, {"CREATED", ""}}},
      {.name = "create_time", .type = Type::kTime, .sql = "r.create_time"},
      {.name = "effective_end_time", .type = Type::kTime, .sql = "r.effective_end_time"},
  };
}

void LockCustomer(Transaction& transaction, const std::string& customer) {
  transaction.Run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", customer);
}

std::optional<Row> Insert(Transaction& transaction, const Relationship& relationship,
                          const std::string& source) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          INSERT INTO relationship.relationships AS r (type, partner, customer, state, origin,
            invitation, via_partner, source, end_notice_days, predecessor)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8,
            (SELECT p.end_notice_days FROM relationship.partners p WHERE p.name = $2),
            (SELECT e.id FROM relationship.relationships e
             WHERE e.type = $1 AND e.partner = $2 AND e.customer = $3 AND e.state = 'ENDED'
             ORDER BY e.create_time DESC, e.id DESC LIMIT 1))
          ON CONFLICT (partner, customer, type) WHERE state <> 'ENDED' DO NOTHING
          RETURNING )sql",
                                             kColumns),
                                Relationship::Type_Name(relationship.type()),
                                relationship.partner(), relationship.customer(),
                                Relationship::State_Name(relationship.state()),
                                Relationship::Origin_Name(relationship.origin()),
                                relationship.invitation(), relationship.via_partner(), source));
}

std::vector<Row> InsertCreated(Transaction& transaction, const Relationship& relationship,
                               const std::vector<std::string>& customers) {
  std::vector<Row> rows;
  for (const pqxx::row& row : transaction.Run(
           absl::StrCat(R"sql(
           INSERT INTO relationship.relationships AS r (type, partner, customer, state, origin,
             source, end_notice_days)
           SELECT $1, p.name, created.customer, $3, $4, created.customer, p.end_notice_days
           FROM unnest($5::text[]) AS created (customer)
           JOIN relationship.partners p ON p.name = $2
           ON CONFLICT (partner, customer, type) WHERE state <> 'ENDED' DO NOTHING
           RETURNING )sql",
                        kColumns),
           Relationship::Type_Name(relationship.type()), relationship.partner(),
           Relationship::State_Name(relationship.state()),
           Relationship::Origin_Name(relationship.origin()), postgres::ToTextArray(customers))) {
    rows.push_back(FromRow(row));
  }
  return rows;
}

bool HasLive(Transaction& transaction, const std::string& partner, const std::string& customer) {
  return !transaction
              .Run(R"sql(SELECT true FROM relationship.relationships
                         WHERE partner = $1 AND customer = $2 AND state <> 'ENDED'
                           AND (state <> 'ENDING' OR effective_end_time > clock_timestamp())
                         LIMIT 1)sql",
                   partner, customer)
              .empty();
}

std::optional<Row> FindLive(Transaction& transaction, const Relationship& relationship) {
  return OneRow(transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM relationship.relationships r
          WHERE r.type = $1 AND r.partner = $2 AND r.customer = $3 AND r.state <> 'ENDED')sql"),
                                Relationship::Type_Name(relationship.type()),
                                relationship.partner(), relationship.customer()));
}

Customer FindCustomer(Transaction& transaction, const std::string& name) {
  const pqxx::row row = transaction.Run(
      R"sql(SELECT EXISTS (SELECT FROM relationship.relationships WHERE customer = $1),
              coalesce((SELECT country FROM relationship.customers WHERE name = $1), ''))sql",
      name)[0];
  return {row[0].as<bool>(), row[1].as<std::string>()};
}

void KeepCountry(Transaction& transaction, const std::string& customer,
                 const std::string& country) {
  transaction.RunLater(
      "INSERT INTO relationship.customers (name, country) VALUES ($1, $2) ON CONFLICT DO NOTHING",
      customer, country);
}

}  // namespace partnerlink::relationship::relationships
