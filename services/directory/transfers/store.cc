#include "services/directory/transfers/store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"

namespace partnerlink::directory::transfers {
namespace {

using postgres::SetTime;
using postgres::Transaction;
using v1::Transfer;

constexpr char kRelationships[] = "relationships/";
constexpr char kSubscriptions[] = "/subscriptions/";

// What the clock makes of a row.
#define STATE_NOW "directory.transfer_state(t.state, t.expire_time)"

// One column per line of FromRow.
#define COLUMNS(state)                                                                      \
  "t.partner, t.id, t.customer, t.subscription, t.relationship, t.releasing_partner, "      \
  "t.releasing_relationship, t.reason, " state                                              \
  ", t.state_cause, t.actor, " PARTNERLINK_MICROS("t.expire_time") ", " PARTNERLINK_MICROS( \
      "t.create_time") ", " PARTNERLINK_MICROS("t.update_time") ", t.revision"

constexpr char kColumns[] = COLUMNS(STATE_NOW);
// What a change has just written, while it was in time.
constexpr char kStored[] = COLUMNS("t.state");

Row FromRow(const pqxx::row& row) {
  Row result;
  Transfer& transfer = result.transfer;
  transfer.set_partner(row[0].as<std::string>());
  result.id = row[1].as<std::string>();
  transfer.set_name(absl::StrCat(transfer.partner(), "/transfers/", result.id));
  transfer.set_customer(row[2].as<std::string>());
  transfer.set_subscription(
      absl::StrCat(transfer.customer(), kSubscriptions, row[3].as<std::string>()));
  transfer.set_relationship(absl::StrCat(kRelationships, row[4].as<std::string>()));
  transfer.set_releasing_partner(row[5].as<std::string>());
  transfer.set_releasing_relationship(absl::StrCat(kRelationships, row[6].as<std::string>()));
  transfer.set_reason(row[7].as<std::string>());
  transfer.set_state(postgres::ParseEnum(row[8], Transfer::State_Parse));
  transfer.set_state_cause(row[9].as<std::string>());
  transfer.set_actor(row[10].as<std::string>());
  SetTime(row[11], [&] { return transfer.mutable_expire_time(); });
  SetTime(row[12], [&] { return transfer.mutable_create_time(); });
  SetTime(row[13], [&] { return transfer.mutable_update_time(); });
  result.revision = row[14].as<int64_t>();
  transfer.set_etag(postgres::Etag(result.revision));
  return result;
}

std::optional<Row> OneRow(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

}  // namespace

void ShareStanding(Transaction& transaction, const std::string& partner) {
  transaction.Run("SELECT pg_advisory_xact_lock_shared(common.standing_lock_key($1))", partner);
}

void ShareAsking(Transaction& transaction, const std::string& subscription) {
  transaction.Run("SELECT directory.share_transfers($1)", IdOf(subscription));
}

void LockAsking(Transaction& transaction, const std::string& subscription) {
  transaction.Run("SELECT directory.lock_transfers($1)", IdOf(subscription));
}

std::optional<Row> Find(Transaction& transaction, const std::string& partner, const std::string& id,
                        Lock lock) {
  return OneRow(
      transaction.Run(absl::StrCat("SELECT ", kColumns,
                                   " FROM directory.transfers t WHERE t.partner = $1 AND t.id = $2",
                                   lock == Lock::kForUpdate ? " FOR NO KEY UPDATE OF t" : ""),
                      partner, id));
}

std::optional<Row> FindAsked(Transaction& transaction, const Transfer& wanted) {
  return OneRow(transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM directory.transfers t
          WHERE t.partner = $1 AND t.customer = $2 AND t.subscription = $3
            AND t.state = 'REQUESTED')sql"),
                                wanted.partner(), wanted.customer(), IdOf(wanted.subscription())));
}

Row Insert(Transaction& transaction, const Transfer& transfer) {
  return FromRow(transaction.Run(
      absl::StrCat(R"sql(
          INSERT INTO directory.transfers AS t (partner, customer, subscription, relationship,
            releasing_partner, releasing_relationship, reason, actor, state)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'REQUESTED')
          RETURNING )sql",
                   kStored),
      transfer.partner(), transfer.customer(), IdOf(transfer.subscription()),
      IdOf(transfer.relationship()), transfer.releasing_partner(),
      IdOf(transfer.releasing_relationship()), transfer.reason(), transfer.actor())[0]);
}

std::optional<Row> SetState(Transaction& transaction, const Row& row, Transfer::State state,
                            const std::string& cause) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          UPDATE directory.transfers AS t
          SET state = $3, state_cause = $4, revision = revision + 1, update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND state = 'REQUESTED' AND expire_time > clock_timestamp()
          RETURNING )sql",
                                             kStored),
                                row.transfer.partner(), row.id, Transfer::State_Name(state),
                                cause));
}

std::vector<Changed> RefuseOthers(Transaction& transaction, const Row& accepted,
                                  const std::string& cause) {
  const pqxx::result others = transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM directory.transfers t
          WHERE t.customer = $1 AND t.subscription = $2 AND t.state = 'REQUESTED'
            AND t.expire_time > clock_timestamp() AND t.id <> $3
          ORDER BY t.id FOR NO KEY UPDATE OF t)sql"),
                                              accepted.transfer.customer(),
                                              IdOf(accepted.transfer.subscription()), accepted.id);
  std::vector<Changed> changed;
  for (const pqxx::row& row : others) {
    const Row before = FromRow(row);
    if (std::optional<Row> after = SetState(transaction, before, Transfer::REFUSED, cause)) {
      changed.push_back({before, *std::move(after)});
    }
  }
  return changed;
}

std::optional<Changed> Expire(Transaction& transaction, const Row& row) {
  const pqxx::result rows = transaction.Run(absl::StrCat(R"sql(
          UPDATE directory.transfers AS t
          SET state = 'EXPIRED', revision = revision + 1, update_time = clock_timestamp()
          WHERE partner = $1 AND id = $2 AND state = 'REQUESTED' RETURNING )sql",
                                                         kStored),
                                            row.transfer.partner(), row.id);
  if (rows.empty()) return std::nullopt;
  Row before = row;
  before.transfer.set_state(Transfer::REQUESTED);
  return Changed{std::move(before), FromRow(rows[0])};
}

std::vector<Changed> ExpireDue(Transaction& transaction, int limit) {
  const pqxx::result due = transaction.Run(absl::StrCat("SELECT ", kStored, R"sql(
          FROM directory.transfers t
          WHERE t.state = 'REQUESTED' AND t.expire_time <= statement_timestamp()
          ORDER BY t.expire_time LIMIT $1 FOR NO KEY UPDATE OF t SKIP LOCKED)sql"),
                                           limit);
  std::vector<Changed> changed;
  for (const pqxx::row& row : due) {
    if (std::optional<Changed> expired = Expire(transaction, FromRow(row))) {
      changed.push_back(*std::move(expired));
    }
  }
  return changed;
}

std::vector<Transfer> List(Transaction& transaction, const paging::NewestFirst& list) {
  const paging::Statement page =
      list.Page(absl::StrCat("SELECT ", kColumns, " FROM directory.transfers t"), "t",
                "(t.partner = $1 OR t.releasing_partner = $1)");
  std::vector<Transfer> transfers;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    transfers.push_back(FromRow(row).transfer);
  }
  return transfers;
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  filter::Field state = {.name = "state", .type = Type::kEnum, .sql = STATE_NOW};
  for (int number = Transfer::REQUESTED; number <= Transfer::State_MAX; ++number) {
    state.values.emplace_back(Transfer::State_Name(static_cast<Transfer::State>(number)), "");
  }
  return {
      state,
      {.name = "subscription",
       .type = Type::kText,
       .sql = "(t.customer || '/subscriptions/' || t.subscription::text)"},
      {.name = "customer", .type = Type::kText, .sql = "t.customer"},
      {.name = "partner", .type = Type::kText, .sql = "t.partner"},
      {.name = "releasing_partner", .type = Type::kText, .sql = "t.releasing_partner"},
      {.name = "create_time", .type = Type::kTime, .sql = "t.create_time"},
      {.name = "expire_time", .type = Type::kTime, .sql = "t.expire_time"},
  };
}

}  // namespace partnerlink::directory::transfers
