#include "services/invitation/notices/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"

namespace partnerlink::invitation::notices {
namespace {

using postgres::Transaction;
using v1::QueueNoticeRequest;

// One column per line of FromRow.
constexpr char kColumns[] =
    "n.id, n.kind, n.resource, n.partner, n.customer, n.recipient, n.locale,"
    " n.partner_display_name, n.customer_display_name, n.address_key, n.state, n.counts, "
    "n.attempts, " PARTNERLINK_MICROS("n.create_time");

Notice FromRow(const pqxx::row& row) {
  Notice notice;
  notice.request.set_notice_id(row[0].as<std::string>());
  notice.request.set_kind(postgres::ParseEnum(row[1], QueueNoticeRequest::Kind_Parse));
  notice.request.set_resource(row[2].as<std::string>());
  notice.request.set_partner(row[3].as<std::string>());
  notice.request.set_customer(row[4].as<std::string>());
  notice.request.set_recipient(row[5].as<std::string>());
  notice.request.set_locale(row[6].as<std::string>());
  notice.request.set_partner_display_name(row[7].as<std::string>());
  notice.request.set_customer_display_name(row[8].as<std::string>());
  notice.address_key = row[9].as<std::string>();
  notice.state = row[10].as<std::string>();
  notice.counts = row[11].as<bool>();
  notice.attempts = row[12].as<int>();
  notice.create_micros = row[13].as<int64_t>();
  return notice;
}

std::optional<Notice> OneRow(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

}  // namespace

std::optional<Notice> Find(Transaction& transaction, const std::string& id) {
  return OneRow(transaction.Run(
      absl::StrCat("SELECT ", kColumns, " FROM invitation.notices n WHERE n.id = $1"), id));
}

bool Insert(Transaction& transaction, const Notice& notice, const std::string& error) {
  const QueueNoticeRequest& request = notice.request;
  return transaction.RunAndCount(
             R"sql(INSERT INTO invitation.notices (id, kind, resource, partner, customer, recipient,
                     address_key, locale, partner_display_name, customer_display_name, state, error)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
                   ON CONFLICT (id) DO NOTHING)sql",
             request.notice_id(), QueueNoticeRequest::Kind_Name(request.kind()), request.resource(),
             request.partner(), request.customer(), request.recipient(), notice.address_key,
             request.locale(), request.partner_display_name(), request.customer_display_name(),
             notice.state, error) > 0;
}

bool IsOneWaiting(Transaction& transaction, const Notice& notice) {
  const QueueNoticeRequest& request = notice.request;
  return !transaction
              .Run(R"sql(SELECT true FROM invitation.notices
                         WHERE partner = $1 AND customer = $2 AND kind = $3 AND state = 'QUEUED'
                           AND address_key = $4 AND id <> $5
                         LIMIT 1)sql",
                   request.partner(), request.customer(),
                   QueueNoticeRequest::Kind_Name(request.kind()), notice.address_key,
                   request.notice_id())
              .empty();
}

std::optional<Notice> FindDue(Transaction& transaction) {
  return OneRow(transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
      FROM invitation.notices n
      WHERE n.state = 'QUEUED' AND n.next_time <= statement_timestamp()
      ORDER BY n.next_time LIMIT 1 FOR UPDATE SKIP LOCKED)sql")));
}

void CountIn(Transaction& transaction, const std::string& id) {
  transaction.RunLater("UPDATE invitation.notices SET counts = true WHERE id = $1", id);
}

Notice Lease(Transaction& transaction, const std::string& id, absl::Duration lease) {
  return FromRow(transaction.Run(absl::StrCat(R"sql(
      UPDATE invitation.notices AS n
      SET attempts = attempts + 1, last_time = clock_timestamp(),
        next_time = clock_timestamp() + make_interval(secs => $2)
      WHERE id = $1
      RETURNING )sql",
                                              kColumns),
                                 id, absl::ToDoubleSeconds(lease))[0]);
}

bool Finish(Transaction& transaction, const std::string& id, const std::string& state,
            const std::string& error) {
  return transaction.RunAndCount(
             R"sql(UPDATE invitation.notices SET state = $2, error = $3
                   WHERE id = $1 AND state = 'QUEUED')sql",
             id, state, error) > 0;
}

bool Postpone(Transaction& transaction, const Notice& notice, absl::Duration delay,
              const std::string& error, bool counts) {
  return transaction.RunAndCount(
             R"sql(UPDATE invitation.notices
                   SET next_time = clock_timestamp() + make_interval(secs => $2), error = $3,
                     attempts = attempts - CASE WHEN $4::boolean THEN 0 ELSE 1 END
                   WHERE id = $1 AND state = 'QUEUED' AND attempts = $5)sql",
             notice.request.notice_id(), absl::ToDoubleSeconds(delay), error, counts,
             notice.attempts) > 0;
}

}  // namespace partnerlink::invitation::notices
