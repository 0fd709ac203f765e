#include "services/relationship/removals/store.h"

namespace partnerlink::relationship::removals {

using postgres::Transaction;

std::optional<Duty> TakeDuty(Transaction& transaction) {
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT partner, relationship, customer, duty = 'NOTIFY'
            FROM relationship.removal_duties
            WHERE done_time IS NULL AND due_time <= statement_timestamp()
            ORDER BY due_time LIMIT 1 FOR UPDATE SKIP LOCKED)sql");
  if (rows.empty()) return std::nullopt;
  return Duty{.partner = rows[0][0].as<std::string>(),
              .relationship = rows[0][1].as<std::string>(),
              .customer = rows[0][2].as<std::string>(),
              .is_notice = rows[0][3].as<bool>()};
}

void CloseDuty(Transaction& transaction, const Duty& duty, const std::string& outcome) {
  transaction.RunLater(
      R"sql(UPDATE relationship.removal_duties SET done_time = clock_timestamp(), outcome = $4
            WHERE partner = $1 AND relationship = $2 AND duty = $3)sql",
      duty.partner, duty.relationship, duty.is_notice ? "NOTIFY" : "REVOKE_GRANTS", outcome);
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

}  // namespace partnerlink::relationship::removals
