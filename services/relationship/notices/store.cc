#include "services/relationship/notices/store.h"

#include "common/postgres/fields.h"

namespace partnerlink::relationship::notices {

using invitation::v1::QueueNoticeRequest;
using postgres::Transaction;

void Insert(Transaction& transaction, const Notice& notice) {
  transaction.RunLater(
      R"sql(INSERT INTO relationship.notices (id, kind, resource, partner, customer)
            VALUES ($1, $2, $3, $4, $5))sql",
      notice.id, QueueNoticeRequest::Kind_Name(notice.kind), notice.resource, notice.partner,
      notice.customer);
}

std::optional<Notice> Take(Transaction& transaction) {
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT id, kind, resource, partner, customer FROM relationship.notices
            WHERE done_time IS NULL AND due_time <= statement_timestamp()
            ORDER BY due_time LIMIT 1 FOR UPDATE SKIP LOCKED)sql");
  if (rows.empty()) return std::nullopt;
  return Notice{.id = rows[0][0].as<std::string>(),
                .kind = postgres::ParseEnum(rows[0][1], QueueNoticeRequest::Kind_Parse),
                .resource = rows[0][2].as<std::string>(),
                .partner = rows[0][3].as<std::string>(),
                .customer = rows[0][4].as<std::string>()};
}

void Postpone(Transaction& transaction, const Notice& notice) {
  transaction.RunLater(
      R"sql(UPDATE relationship.notices SET due_time = clock_timestamp() + interval '10 s'
            WHERE partner = $1 AND id = $2)sql",
      notice.partner, notice.id);
}

void Close(Transaction& transaction, const Notice& notice, const std::string& outcome) {
  transaction.RunLater(
      R"sql(UPDATE relationship.notices SET done_time = clock_timestamp(), outcome = $3
            WHERE partner = $1 AND id = $2)sql",
      notice.partner, notice.id, outcome);
}

std::optional<Contact> FindContact(Transaction& transaction, const std::string& customer) {
  transaction.RunLater("SELECT set_config('partnerlink.account', $1, true)", customer);
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT display_name, country, contact_email_address FROM directory.published_contacts
            WHERE name = $1)sql",
      customer);
  if (rows.empty()) return std::nullopt;
  return Contact{.display_name = rows[0][0].as<std::string>(),
                 .country = rows[0][1].as<std::string>(),
                 .email_address = rows[0][2].as<std::string>()};
}

}  // namespace partnerlink::relationship::notices
