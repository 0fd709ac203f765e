#include "services/directory/subscriptions/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"
#include "services/directory/subscriptions/state_now.h"

namespace partnerlink::directory::subscriptions {
namespace {

using postgres::SetTime;
using postgres::ToTextArray;
using postgres::Transaction;
using v1::Subscription;
using v1::SubscriptionChange;

constexpr char kRelationships[] = "relationships/";

// Not over, by the clock.
#define IN_FORCE                       \
  "s.state IN ('ACTIVE', 'SUSPENDED')" \
  " AND (s.expire_time IS NULL OR s.expire_time > clock_timestamp())"

// The end of the term that is running, or was when the subscription ended.
#define TERM_END_TIME                                                                \
  "coalesce(s.expire_time, directory.running_term_end(s.create_time, s.term_months," \
  " CASE WHEN s.state IN ('ACTIVE', 'SUSPENDED') THEN clock_timestamp() ELSE s.update_time END))"

// One column per line of FromRow.
#define COLUMNS(state) \
  "s.customer, s.id, s.offer, s.quantity, " state ", s.relationship, s.partner, " \
  PARTNERLINK_MICROS(TERM_END_TIME) ", s.auto_renew, s.end_cause, " \
  PARTNERLINK_MICROS("s.create_time") ", " PARTNERLINK_MICROS("s.update_time") ", s.revision, " \
  "s.assigned"

constexpr char kColumns[] = COLUMNS(PARTNERLINK_SUBSCRIPTION_STATE);
// What a change has just written, while it was in time.
constexpr char kStored[] = COLUMNS("s.state");

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

// One column per line of ChangeFromRow.
constexpr char kChangeColumns[] =
    "c.customer, c.subscription, c.id, c.kind, c.actor, c.account, c.cause, c.old_quantity, "
    "c.old_state, c.old_auto_renew, c.old_partner, c.old_relationship, c.new_quantity, "
    "c.new_state, c.new_auto_renew, c.new_partner, c.new_relationship, " PARTNERLINK_MICROS(
        "c.create_time");

// Of five columns, `first` and those behind it.
SubscriptionChange::Terms TermsFrom(const pqxx::row& row, int first) {
  SubscriptionChange::Terms terms;
  terms.set_quantity(row[first].as<int32_t>());
  terms.set_state(postgres::ParseEnum(row[first + 1], Subscription::State_Parse));
  terms.set_auto_renew(row[first + 2].as<bool>());
  terms.set_partner(row[first + 3].as<std::string>());
  terms.set_relationship(absl::StrCat(kRelationships, row[first + 4].as<std::string>()));
  return terms;
}

SubscriptionChange ChangeFromRow(const pqxx::row& row) {
  SubscriptionChange change;
  change.set_name(absl::StrCat(row[0].as<std::string>(), "/subscriptions/",
                               row[1].as<std::string>(), "/changes/", row[2].as<std::string>()));
  change.set_kind(postgres::ParseEnum(row[3], SubscriptionChange::Kind_Parse));
  change.set_actor(row[4].as<std::string>());
  change.set_account(row[5].as<std::string>());
  change.set_cause(row[6].as<std::string>());
  if (!row[7].is_null()) *change.mutable_before() = TermsFrom(row, 7);
  *change.mutable_after() = TermsFrom(row, 12);
  SetTime(row[17], [&] { return change.mutable_create_time(); });
  return change;
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

// The same as a parameter; null for none.
postgres::Parameter IdOrNone(const std::string& relationship) {
  if (relationship.empty()) return nullptr;
  return IdOf(relationship);
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

std::set<Seller> ShareSellers(Transaction& transaction, const std::string& customer,
                              const std::string& provider, const std::vector<std::string>& ids) {
  std::set<Seller> sellers;
  std::set<std::string> partners, relationships;
  for (const pqxx::row& row : transaction.Run(R"sql(
           SELECT DISTINCT s.partner, s.relationship FROM directory.subscriptions s
           WHERE s.customer = $1 AND s.id = ANY ($3::uuid[]) AND s.partner <> $2)sql",
                                              customer, provider, ToTextArray(ids))) {
    const auto partner = row[0].as<std::string>();
    const auto relationship = row[1].as<std::string>();
    sellers.insert({partner, absl::StrCat(kRelationships, relationship)});
    partners.insert(partner);
    relationships.insert(relationship);
  }
  if (sellers.empty()) return sellers;
  transaction.Run(R"sql(
      SELECT pg_advisory_xact_lock_shared(common.standing_lock_key(seller)),
        relationship.share_partnership($1, seller)
      FROM unnest($2::text[]) AS seller)sql",
                  provider, ToTextArray({partners.begin(), partners.end()}));
  transaction.Run("SELECT common.share_edge(sold) FROM unnest($1::uuid[]) sold",
                  ToTextArray({relationships.begin(), relationships.end()}));
  return sellers;
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
                                              kStored),
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
            AND )sql" IN_FORCE " RETURNING ",
                                             kStored),
                                row.customer, row.id, added, most_seats));
}

std::optional<Row> Update(Transaction& transaction, const Row& row, const Subscription& wanted) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE directory.subscriptions AS s
          SET quantity = $4, auto_renew = $5,
            expire_time = CASE WHEN NOT $5 THEN coalesce(expire_time,
              directory.running_term_end(create_time, term_months, clock_timestamp())) END,
            revision = revision + 1, update_time = clock_timestamp()
          WHERE customer = $1 AND id = $2 AND state = $3 AND assigned <= $4
            AND )sql" IN_FORCE " RETURNING ",
                                             kStored),
                                row.customer, row.id,
                                Subscription::State_Name(row.subscription.state()),
                                wanted.quantity(), wanted.auto_renew()));
}

std::optional<Row> SetState(Transaction& transaction, const Row& row, Subscription::State state,
                            const std::string& cause) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE directory.subscriptions AS s
          SET state = $4, end_cause = CASE WHEN $4 = 'CANCELLED' THEN $5 ELSE '' END,
            revision = revision + 1, update_time = clock_timestamp()
          WHERE customer = $1 AND id = $2 AND state = $3
            AND )sql" IN_FORCE " RETURNING ",
                                             kStored),
                                row.customer, row.id,
                                Subscription::State_Name(row.subscription.state()),
                                Subscription::State_Name(state), cause));
}

std::vector<Changed> CancelSoldThrough(Transaction& transaction, const std::string& customer,
                                       const std::string& relationship_id,
                                       const std::string& cause) {
  const std::vector<Row> live = AllRows(transaction.Run(absl::StrCat("SELECT ", kColumns,
                                                                     R"sql(
          FROM directory.subscriptions s
          WHERE s.customer = $1 AND s.relationship = $2 AND )sql" IN_FORCE
                                                                     R"sql(
          ORDER BY s.id FOR NO KEY UPDATE OF s)sql"),
                                                        customer, relationship_id));
  std::vector<Changed> changed;
  for (const Row& before : live) {
    if (std::optional<Row> after = SetState(transaction, before, Subscription::CANCELLED, cause)) {
      changed.push_back({before, *std::move(after)});
    }
  }
  return changed;
}

std::vector<Changed> ExpireDue(Transaction& transaction, int limit) {
  const std::vector<Row> due = AllRows(transaction.Run(absl::StrCat("SELECT ", kStored, R"sql(
          FROM directory.subscriptions s
          WHERE s.state IN ('ACTIVE', 'SUSPENDED') AND s.expire_time <= statement_timestamp()
          ORDER BY s.expire_time LIMIT $1 FOR NO KEY UPDATE OF s SKIP LOCKED)sql"),
                                                       limit));
  std::vector<Changed> changed;
  for (const Row& before : due) {
    const pqxx::result rows = transaction.Run(absl::StrCat(R"sql(
          UPDATE directory.subscriptions AS s
          SET state = 'EXPIRED', revision = revision + 1, update_time = clock_timestamp()
          WHERE customer = $1 AND id = $2 RETURNING )sql",
                                                           kStored),
                                              before.customer, before.id);
    changed.push_back({before, FromRow(rows[0])});
  }
  return changed;
}

std::optional<Row> HandOver(Transaction& transaction, const Row& row, const std::string& partner,
                            const std::string& relationship) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE directory.subscriptions AS s
          SET partner = $3, relationship = $4, revision = revision + 1,
            update_time = clock_timestamp()
          WHERE customer = $1 AND id = $2 AND )sql" IN_FORCE " RETURNING ",
                                             kStored),
                                row.customer, row.id, partner, IdOf(relationship)));
}

void InsertChange(Transaction& transaction, const SubscriptionChange& change, const Row& after) {
  const SubscriptionChange::Terms& old = change.before();
  const SubscriptionChange::Terms& made = change.after();
  transaction.RunLater(
      R"sql(
      INSERT INTO directory.subscription_changes (customer, subscription, kind, actor, account, cause,
        revision, old_quantity, old_state, old_auto_renew, old_partner, old_relationship,
        new_quantity, new_state, new_auto_renew, new_partner, new_relationship)
      SELECT $1, $2, $3, $4, $5, $6, $7,
        CASE WHEN $8 THEN $9::int END, CASE WHEN $8 THEN $10 END, CASE WHEN $8 THEN $11::boolean END,
        CASE WHEN $8 THEN $12 END, CASE WHEN $8 THEN $13::uuid END,
        $14, $15, $16, $17, $18)sql",
      after.customer, after.id, SubscriptionChange::Kind_Name(change.kind()), change.actor(),
      change.account(), change.cause(), after.revision, change.has_before(), old.quantity(),
      Subscription::State_Name(old.state()), old.auto_renew(), old.partner(),
      IdOrNone(old.relationship()), made.quantity(), Subscription::State_Name(made.state()),
      made.auto_renew(), made.partner(), IdOf(made.relationship()));
}

int32_t CountActive(Transaction& transaction, const std::string& customer) {
  return transaction
      .Run(R"sql(SELECT count(*) FROM directory.subscriptions
                 WHERE customer = $1 AND directory.subscription_state(state, expire_time) = 'ACTIVE')sql",
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

std::vector<SubscriptionChange> ListChanges(Transaction& transaction,
                                            const paging::NewestFirst& list,
                                            const std::string& id) {
  const paging::Statement page = list.Page(absl::StrCat("SELECT ", kChangeColumns, R"sql(
          FROM (SELECT customer, subscription, id, kind, actor, account, cause, old_quantity,
                  old_state, old_auto_renew, old_partner, old_relationship, new_quantity, new_state,
                  new_auto_renew, new_partner, new_relationship, create_time
                FROM directory.subscription_changes WHERE subscription = )sql",
                                                        transaction.Quote(id), ") c"),
                                           "c");
  std::vector<SubscriptionChange> changes;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    changes.push_back(ChangeFromRow(row));
  }
  return changes;
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  return {
      {.name = "state",
       .type = Type::kEnum,
       .sql = PARTNERLINK_SUBSCRIPTION_STATE,
       .values = {{"ACTIVE", ""}, {"SUSPENDED", ""}, {"CANCELLED", ""}, {"EXPIRED", ""}}},
      {.name = "auto_renew", .type = Type::kBoolean, .sql = "s.auto_renew"},
      {.name = "offer", .type = Type::kText, .sql = "s.offer"},
      {.name = "relationship",
       .type = Type::kText,
       .sql = "('relationships/' || s.relationship::text)"},
      {.name = "partner", .type = Type::kText, .sql = "s.partner"},
      {.name = "create_time", .type = Type::kTime, .sql = "s.create_time"},
      {.name = "term_end_time", .type = Type::kTime, .sql = TERM_END_TIME},
  };
}

std::vector<filter::Field> ChangeFields() {
  using filter::Type;
  filter::Field kind = {.name = "kind", .type = Type::kEnum, .sql = "c.kind"};
  for (int number = 1; number < SubscriptionChange::Kind_ARRAYSIZE; ++number) {
    kind.values.emplace_back(
        SubscriptionChange::Kind_Name(static_cast<SubscriptionChange::Kind>(number)), "");
  }
  return {
      kind,
      {.name = "actor", .type = Type::kText, .sql = "c.actor"},
      {.name = "account", .type = Type::kText, .sql = "c.account"},
      {.name = "create_time", .type = Type::kTime, .sql = "c.create_time"},
  };
}

}  // namespace partnerlink::directory::subscriptions
