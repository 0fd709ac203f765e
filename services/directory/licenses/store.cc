#include "services/directory/licenses/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"
#include "services/directory/subscriptions/state_now.h"

namespace partnerlink::directory::licenses {
namespace {

using postgres::ToTextArray;
using postgres::Transaction;

// Of a subscription: whether it can be used.
#define IN_USE PARTNERLINK_SUBSCRIPTION_STATE " = 'ACTIVE'"

std::string NameOf(const std::string& customer, const std::string& id) {
  return absl::StrCat(customer, "/subscriptions/", id);
}

}  // namespace

// The user's own seats are read behind the user's lock: nobody else changes them.
std::vector<Seats> LockSeats(Transaction& transaction, const users::Row& user,
                             const std::vector<std::string>& ids) {
  std::vector<Seats> all;
  for (const pqxx::row& row : transaction.Run(
           R"sql(
           SELECT s.id, )sql" PARTNERLINK_SUBSCRIPTION_STATE
           R"sql(, s.quantity, s.assigned, EXISTS (
             SELECT FROM directory.license_assignments a
             WHERE a.customer = s.customer AND a.subscription = s.id AND a.user_id = $2)
           FROM directory.subscriptions s
           WHERE s.customer = $1 AND s.id = ANY ($3::uuid[])
           ORDER BY s.id FOR NO KEY UPDATE OF s)sql",
           user.customer, user.id, ToTextArray(ids))) {
    Seats& seats = all.emplace_back();
    seats.subscription = NameOf(user.customer, row[0].as<std::string>());
    seats.state = postgres::ParseEnum(row[1], v1::Subscription::State_Parse);
    seats.total = row[2].as<int32_t>();
    seats.assigned = row[3].as<int32_t>();
    seats.is_users = row[4].as<bool>();
  }
  return all;
}

int64_t Give(Transaction& transaction, const users::Row& user,
             const std::vector<std::string>& ids) {
  return transaction.RunAndCount(
      R"sql(
      WITH counted AS (
        UPDATE directory.subscriptions s SET assigned = s.assigned + 1
        WHERE s.customer = $1 AND s.id = ANY ($3::uuid[]) AND )sql" IN_USE R"sql(
          AND s.assigned < s.quantity AND NOT EXISTS (
            SELECT FROM directory.license_assignments a
            WHERE a.customer = s.customer AND a.subscription = s.id AND a.user_id = $2::uuid)
        RETURNING s.id)
      INSERT INTO directory.license_assignments (customer, subscription, user_id)
      SELECT $1, counted.id, $2::uuid FROM counted)sql",
      user.customer, user.id, ToTextArray(ids));
}

int64_t Take(Transaction& transaction, const users::Row& user,
             const std::vector<std::string>& ids) {
  return transaction.RunAndCount(
      R"sql(
      WITH freed AS (
        DELETE FROM directory.license_assignments
        WHERE customer = $1 AND user_id = $2 AND subscription = ANY ($3::uuid[])
        RETURNING subscription)
      UPDATE directory.subscriptions s SET assigned = s.assigned - 1
      FROM freed WHERE s.customer = $1 AND s.id = freed.subscription)sql",
      user.customer, user.id, ToTextArray(ids));
}

std::vector<v1::LicenseCount> ListCounts(Transaction& transaction, const std::string& customer,
                                         const std::string& after, int limit) {
  std::vector<v1::LicenseCount> counts;
  for (const pqxx::row& row : transaction.Run(
           R"sql(
           SELECT s.id, s.quantity, s.assigned, s.offer
           FROM directory.subscriptions s
           WHERE s.customer = $1 AND s.id > $2 AND )sql" PARTNERLINK_SUBSCRIPTION_IS_NOT_OVER R"sql(
           ORDER BY s.id LIMIT $3)sql",
           customer, after, limit)) {
    v1::LicenseCount& count = counts.emplace_back();
    count.set_subscription(NameOf(customer, row[0].as<std::string>()));
    count.set_total(row[1].as<int32_t>());
    count.set_assigned(row[2].as<int32_t>());
    count.set_available(count.total() - count.assigned());
    count.set_offer(row[3].as<std::string>());
  }
  return counts;
}

std::vector<ListedService> ListServices(Transaction& transaction, const std::string& customer,
                                        const ServicePosition& after, int limit) {
  std::vector<ListedService> services;
  for (const pqxx::row& row : transaction.Run(
           R"sql(
           SELECT s.id, provided.place, provided.service, provided.admin_uri, s.offer
           FROM directory.subscriptions s
           JOIN directory.offers o ON o.name = s.offer
           CROSS JOIN LATERAL unnest(o.services, o.admin_uris) WITH ORDINALITY
             AS provided (service, admin_uri, place)
           WHERE s.customer = $1 AND s.id >= $2 AND )sql" IN_USE R"sql(
             AND (s.id > $2 OR provided.place > $3)
           ORDER BY s.id, provided.place LIMIT $4)sql",
           customer, after.subscription, after.place, limit)) {
    ListedService& listed = services.emplace_back();
    listed.position.subscription = row[0].as<std::string>();
    listed.position.place = row[1].as<int>();
    listed.service.set_service(row[2].as<std::string>());
    listed.service.set_admin_uri(row[3].as<std::string>());
    listed.service.set_offer(row[4].as<std::string>());
    listed.service.set_subscription(NameOf(customer, listed.position.subscription));
  }
  return services;
}

}  // namespace partnerlink::directory::licenses
