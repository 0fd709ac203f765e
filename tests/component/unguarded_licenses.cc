#include "tests/component/unguarded_licenses.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"
#include "services/directory/licenses/store.h"
#include "tests/matrix/unchecked/replace.h"

namespace partnerlink {
namespace {

support::Guards guards;

}  // namespace

void support::StandOnly(const Guards& standing) { guards = standing; }

namespace directory::licenses {

// LockSeats.
PARTNERLINK_REPLACE(std::vector<Seats>, LookAtSeats,
                    (postgres::Transaction & transaction, const users::Row& user,
                     const std::vector<std::string>& ids)) {
  if (guards.lock) return InPlaceOfLookAtSeats(transaction, user, ids);
  std::vector<Seats> all;
  for (const pqxx::row& row : transaction.Run(
           R"sql(SELECT id, state, quantity, assigned FROM directory.subscriptions
                 WHERE customer = $1 AND id = ANY ($2::uuid[]))sql",
           user.customer, postgres::ToTextArray(ids))) {
    all.push_back({absl::StrCat(user.customer, "/subscriptions/", row[0].as<std::string>()),
                   postgres::ParseEnum(row[1], v1::Subscription::State_Parse), row[2].as<int32_t>(),
                   row[3].as<int32_t>()});
  }
  return all;
}

// Give.
PARTNERLINK_REPLACE(int64_t, GiveWhatever,
                    (postgres::Transaction & transaction, const users::Row& user,
                     const std::vector<std::string>& ids)) {
  if (guards.statement) return InPlaceOfGiveWhatever(transaction, user, ids);
  return transaction.RunAndCount(
      R"sql(
      WITH counted AS (
        UPDATE directory.subscriptions s SET assigned = s.assigned + 1
        WHERE s.customer = $1 AND s.id = ANY ($3::uuid[])
        RETURNING s.id)
      INSERT INTO directory.license_assignments (customer, subscription, user_id)
      SELECT $1, counted.id, $2::uuid FROM counted)sql",
      user.customer, user.id, postgres::ToTextArray(ids));
}

}  // namespace directory::licenses
}  // namespace partnerlink
