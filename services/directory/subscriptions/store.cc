#include "services/directory/subscriptions/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"

namespace partnerlink::directory::subscriptions {
namespace {

using postgres::SetTime;
using postgres::ToTextArray;
using postgres::Transaction;
using v1::Subscription;

constexpr char kRelationships[] = "relationships/";

// The end of the term that is running, or was when the subscription ended.
#define TERM_END_TIME                                        \
  "directory.running_term_end(s.create_time, s.term_months," \
  " CASE s.state WHEN 'ACTIVE' THEN clock_timestamp() ELSE s.update_time END)"

// One column per line of FromRow.
constexpr char kColumns[] =
    "s.customer, s.id, s.offer, s.quantity, s.state, s.relationship, s.partner, "
    PARTNERLINK_MICROS(TERM_END_TIME) ", s.auto_renew, s.end_cause, "
    PARTNERLINK_MICROS("s.create_time") ", " PARTNERLINK_MICROS("s.update_time") ", s.revision, "
    "s.assigned";

Row FromRow(const pqxx::row& row) {
  Row result;
  result.customer = row[0].as<std::string>();
  result.id = row[1].as<std::string>();
  Subscription& subscription = result.subscription;
  subscription.set_name(absl::StrCat(result.customer, "/subscriptions/", result.id));
  subscription.set_offer(row[2].as<std::string>());
  subscription.set_quantity(row[3].as<int32_t>());
  subscription.set_state(postgres::ParseEnum(row[4], Subscription::State_Parse));
  subscription.set_relationship(absl::StrCat(kRelationships, row[5].as<std::string>()));
  subscription.set_partner(row[6].as<std::string>());
  SetTime(row[7], [&] { return subscription.mutable_term_end_time(); });
  subscription.set_auto_renew(row[8].as<bool>());
  subscription.set_end_cause(row[9].as<std::string>());
  SetTime(row[10], [&] { return subscription.mutable_create_time(); });
  SetTime(row[11], [&] { return subscription.mutable_update_time(); });
  result.revision = row[12].as<int64_t>();
  subscription.set_etag(postgres::Etag(result.revision));
  subscription.set_assigned(row[13].as<int32_t>());
  return result;
}

std::optional<Row> OneRow(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

std::vector<Row> AllRows(const pqxx::result& rows) {
  std::vector<Row> all;
  for (const pqxx::row& row : rows) all.push_back(FromRow(row));
  return all;
}

std::string IdOf(const std::string& relationship) {
  return relationship.substr(sizeof(kRelationships) - 1);
}

// The UUIDs of relationships' names, as an array.
std::string IdsOf(const std::vector<std::string>& relationships) {
  std::vector<std::string> ids;
  for (const std::string& relationship : relationships) ids.push_back(IdOf(relationship));
  return ToTextArray(ids);
}

}  // namespace

std::optional<Row> Find(Transaction& transaction, const std::string& customer,
                        const std::string& id, const std::vector<std::string>& sold_through,
                        Lock lock) {
  return OneRow(
      transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM directory.subscriptions s
          WHERE s.customer = $1 AND s.id = $2
            AND ($3::uuid[] = '{}' OR s.relationship = ANY ($3::uuid[])))sql",
                                   lock == Lock::kForUpdate ? " FOR NO KEY UPDATE OF s" : ""),
                      customer, id, IdsOf(sold_through)));
}

void SharePartnerships(Transaction& transaction, const std::string& customer,
                       const std::string& provider, const std::vector<std::string>& ids) {
  transaction.Run(R"sql(
      SELECT relationship.share_partnership($2, seller.partner)
      FROM (SELECT DISTINCT s.partner FROM directory.subscriptions s
            WHERE s.customer = $1 AND s.id = ANY ($3::uuid[]) AND s.partner <> $2
            ORDER BY s.partner) AS seller)sql",
                  customer, provider, ToTextArray(ids));
}

std::vector<Row> LockToEnlarge(Transaction& transaction, const std::string& customer,
                               const std::string& relationship,
                               const std::vector<std::string>& ids) {
  return AllRows(transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM directory.subscriptions s
          WHERE s.customer = $1 AND s.id = ANY ($3::uuid[]) AND (s.relationship = $2 OR EXISTS (
            SELECT FROM relationship.published_relationships r
            JOIN relationship.published_partnerships p ON p.provider = r.partner
            WHERE r.customer = $1 AND r.id = $2 AND r.type = 'PROVIDER'
              AND p.reseller = s.partner AND p.state = 'ACTIVE'))
          ORDER BY s.id FOR NO KEY UPDATE OF s)sql"),
                                 customer, IdOf(relationship), ToTextArray(ids)));
}

Row Insert(Transaction& transaction, const std::string& customer, const Subscription& subscription,
           int32_t term_months) {
  return FromRow(transaction.Run(absl::StrCat(R"sql(
          INSERT INTO directory.subscriptions AS s
            (customer, partner, relationship, offer, quantity, term_months, state)
          VALUES ($1, $2, $3, $4, $5, $6, 'ACTIVE')
          RETURNING )sql",
                                              kColumns),
                                 customer, subscription.partner(),
                                 IdOf(subscription.relationship()), subscription.offer(),
                                 subscription.quantity(), term_months)[0]);
}

std::optional<Row> AddSeats(Transaction& transaction, const Row& row, int32_t added,
                            int32_t most_seats) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE directory.subscriptions AS s
          SET quantity = quantity + $3, revision = revision + 1, update_time = clock_timestamp()
          WHERE customer = $1 AND id = $2 AND state = 'ACTIVE' AND quantity + $3 <= $4
          RETURNING )sql",
                                             kColumns),
                                row.customer, row.id, added, most_seats));
}

std::optional<Row> Cancel(Transaction& transaction, const Row& row, const std::string& cause) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE directory.subscriptions AS s
          SET state = 'CANCELLED', end_cause = $3, revision = revision + 1,
            update_time = clock_timestamp()
          WHERE customer = $1 AND id = $2 AND state = 'ACTIVE'
          RETURNING )sql",
                                             kColumns),
                                row.customer, row.id, cause));
}

std::vector<Changed> CancelSoldThrough(Transaction& transaction, const std::string& customer,
                                       const std::string& relationship_id,
                                       const std::string& cause) {
  const std::vector<Row> active = AllRows(transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM directory.subscriptions s
          WHERE s.customer = $1 AND s.relationship = $2 AND s.state = 'ACTIVE'
          ORDER BY s.id FOR NO KEY UPDATE OF s)sql"),
                                                          customer, relationship_id));
  std::vector<Changed> changed;
  for (const Row& before : active) {
    if (std::optional<Row> after = Cancel(transaction, before, cause)) {
      changed.push_back({before, *std::move(after)});
    }
  }
  return changed;
}

int32_t CountActive(Transaction& transaction, const std::string& customer) {
  return transaction
      .Run(R"sql(SELECT count(*) FROM directory.subscriptions
                 WHERE customer = $1 AND state = 'ACTIVE')sql",
           customer)[0][0]
      .as<int32_t>();
}

std::vector<Subscription> List(Transaction& transaction, const paging::NewestFirst& list,
                               const std::vector<std::string>& sold_through) {
  const paging::Statement page =
      list.Page(absl::StrCat("SELECT ", kColumns, " FROM directory.subscriptions s JOIN (SELECT ",
                             transaction.Quote(IdsOf(sold_through)),
                             "::uuid[] AS relationships) AS sold ON sold.relationships = '{}'"
                             " OR s.relationship = ANY (sold.relationships)"),
                "s");
  std::vector<Subscription> subscriptions;
  for (Row& row : AllRows(transaction.RunOnce(page.sql, page.parameters))) {
    subscriptions.push_back(std::move(row.subscription));
  }
  return subscriptions;
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  return {
      {.name = "state",
       .type = Type::kEnum,
       .sql = "s.state",
       .values = {{"ACTIVE", ""}, {"CANCELLED", ""}}},
      {.name = "offer", .type = Type::kText, .sql = "s.offer"},
      {.name = "relationship",
       .type = Type::kText,
       .sql = "('relationships/' || s.relationship::text)"},
      {.name = "partner", .type = Type::kText, .sql = "s.partner"},
      {.name = "create_time", .type = Type::kTime, .sql = "s.create_time"},
      {.name = "term_end_time", .type = Type::kTime, .sql = TERM_END_TIME},
  };
}

}  // namespace partnerlink::directory::subscriptions
