#include "services/invitation/mail/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"

namespace partnerlink::invitation::mail {
namespace {

using postgres::Transaction;

// One column per line of FromRow.
constexpr char kColumns[] =
    "m.partner, m.invitation, m.id, m.address_key, m.generation, m.attempts, " PARTNERLINK_MICROS(
        "m.create_time");

Mail FromRow(const pqxx::row& row) {
  Mail mail;
  mail.partner = row[0].as<std::string>();
  mail.invitation = row[1].as<std::string>();
  mail.id = row[2].as<std::string>();
  mail.address_key = row[3].as<std::string>();
  mail.generation = row[4].as<int32_t>();
  mail.attempts = row[5].as<int>();
  mail.create_micros = row[6].as<int64_t>();
  return mail;
}

}  // namespace

Standing FindStanding(Transaction& transaction, const std::string& address_key) {
  const pqxx::row row = transaction.Run(
      R"sql(SELECT is_suppressed, recent,
              coalesce(extract(epoch FROM next_room - clock_timestamp()), 0)::double precision
            FROM invitation.address_standing($1))sql",
      address_key)[0];
  return {row[0].as<bool>(), row[1].as<int64_t>(), absl::Seconds(row[2].as<double>())};
}

void Insert(Transaction& transaction, const Mail& mail, bool is_suppressed) {
  transaction.RunLater(
      R"sql(INSERT INTO invitation.mails (partner, invitation, generation, address_key, state)
            VALUES ($1, $2, $3, $4, $5))sql",
      mail.partner, mail.invitation, mail.generation, mail.address_key,
      is_suppressed ? "SUPPRESSED" : "QUEUED");
}

std::optional<Mail> FindDue(Transaction& transaction) {
  const pqxx::result rows = transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
      FROM invitation.mails m
      WHERE m.state = 'QUEUED' AND m.next_time <= statement_timestamp()
      ORDER BY m.next_time LIMIT 1 FOR UPDATE SKIP LOCKED)sql"));
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

void Hold(Transaction& transaction, const std::string& partner, const std::string& provider,
          absl::Duration delay) {
  transaction.RunLater(R"sql(
      WITH due AS MATERIALIZED (
        SELECT q.partner, q.invitation, q.id
        FROM invitation.mails q
        JOIN invitation.invitations i ON i.partner = q.partner AND i.id = q.invitation
        WHERE q.partner = $1 AND i.provider = $2 AND q.state = 'QUEUED'
          AND q.next_time <= statement_timestamp()
        FOR UPDATE OF q SKIP LOCKED)
      UPDATE invitation.mails AS m
      SET is_held = true, next_time = clock_timestamp() + make_interval(secs => $3)
      FROM due WHERE m.partner = due.partner AND m.invitation = due.invitation AND m.id = due.id)sql",
                       partner, provider, absl::ToDoubleSeconds(delay));
}

Mail Lease(Transaction& transaction, const Mail& mail, absl::Duration lease) {
  return FromRow(transaction.Run(absl::StrCat(R"sql(
      UPDATE invitation.mails AS m
      SET attempts = attempts + 1, is_held = false, last_time = clock_timestamp(),
        next_time = clock_timestamp() + make_interval(secs => $4)
      WHERE partner = $1 AND invitation = $2 AND id = $3
      RETURNING )sql",
                                              kColumns),
                                 mail.partner, mail.invitation, mail.id,
                                 absl::ToDoubleSeconds(lease))[0]);
}

bool IsSuppressed(Transaction& transaction, const std::string& address_key) {
  return transaction
      .Run(R"sql(SELECT EXISTS (SELECT FROM invitation.suppressed_addresses
                                WHERE address_key = $1))sql",
           address_key)[0][0]
      .as<bool>();
}

void Suppress(Transaction& transaction, const std::string& address_key, const std::string& reason) {
  transaction.RunLater(
      R"sql(INSERT INTO invitation.suppressed_addresses (address_key, reason)
            VALUES ($1, $2) ON CONFLICT DO NOTHING)sql",
      address_key, reason);
}

bool Finish(Transaction& transaction, const Mail& mail, const std::string& state,
            const std::string& error) {
  return transaction.RunAndCount(
             R"sql(UPDATE invitation.mails SET state = $4, error = $5
                   WHERE partner = $1 AND invitation = $2 AND id = $3
                     AND (state = 'QUEUED' OR (state = 'CANCELLED' AND $4 = 'SENT')))sql",
             mail.partner, mail.invitation, mail.id, state, error) > 0;
}

bool Postpone(Transaction& transaction, const Mail& mail, absl::Duration delay,
              const std::string& error, bool counts) {
  return transaction.RunAndCount(
             R"sql(UPDATE invitation.mails
                   SET next_time = clock_timestamp() + make_interval(secs => $4), error = $5,
                     attempts = attempts - CASE WHEN $6::boolean THEN 0 ELSE 1 END
                   WHERE partner = $1 AND invitation = $2 AND id = $3 AND state = 'QUEUED'
                     AND attempts = $7)sql",
             mail.partner, mail.invitation, mail.id, absl::ToDoubleSeconds(delay), error, counts,
             mail.attempts) > 0;
}

std::vector<Mail> CancelEnded(Transaction& transaction, int limit) {
  const pqxx::result rows = transaction.Run(absl::StrCat(R"sql(
      WITH ended AS MATERIALIZED (
        SELECT q.partner, q.invitation, q.id
        FROM invitation.mails q
        JOIN invitation.invitations i ON i.partner = q.partner AND i.id = q.invitation
        WHERE q.state = 'QUEUED'
          AND (i.state <> 'PENDING' OR i.expire_time <= statement_timestamp()
               OR i.generation <> q.generation)
        LIMIT $1 FOR UPDATE OF q SKIP LOCKED)
      UPDATE invitation.mails AS m SET state = 'CANCELLED'
      FROM ended
      WHERE m.partner = ended.partner AND m.invitation = ended.invitation AND m.id = ended.id
      RETURNING )sql",
                                                         kColumns),
                                            limit);
  std::vector<Mail> mails;
  for (const pqxx::row& row : rows) mails.push_back(FromRow(row));
  return mails;
}

Backlog MeasureBacklog(Transaction& transaction) {
  const pqxx::row row = transaction.Run(
      R"sql(SELECT count(*) FILTER (WHERE NOT is_held),
              coalesce(extract(epoch FROM clock_timestamp()
                                 - min(create_time) FILTER (WHERE NOT is_held)), 0)::double precision,
              count(*) FILTER (WHERE is_held)
            FROM invitation.mails WHERE state = 'QUEUED')sql")[0];
  return {row[0].as<int64_t>(), row[1].as<double>(), row[2].as<int64_t>()};
}

}  // namespace partnerlink::invitation::mail
