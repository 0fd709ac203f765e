#include "services/relationship/partnerships/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"

namespace partnerlink::relationship::partnerships {
namespace {

using postgres::SetTime;
using postgres::Transaction;
using v1::Partnership;

// One column per line of FromRow.
constexpr char kColumns[] =
    "p.provider, p.id, p.reseller, p.state, p.state_cause, "
    "p.invitation, " PARTNERLINK_MICROS("p.end_time") ", " PARTNERLINK_MICROS(
        "p.create_time") ", " PARTNERLINK_MICROS("p.update_time") ", p.revision";

// What a list selects from: each partnership once, or once for each side with its name as
// `partner`.
constexpr char kAll[] = " FROM relationship.partnerships p";
constexpr char kOfEitherSide[] = R"sql( FROM (
    SELECT provider AS partner, provider, id, reseller, state, state_cause, invitation, end_time,
      create_time, update_time, revision
    FROM relationship.partnerships
    UNION ALL
    SELECT reseller AS partner, provider, id, reseller, state, state_cause, invitation, end_time,
      create_time, update_time, revision
    FROM relationship.partnerships) p)sql";

Row FromRow(const pqxx::row& row) {
  Row result;
  Partnership& partnership = result.partnership;
  partnership.set_provider(row[0].as<std::string>());
  result.id = row[1].as<std::string>();
  partnership.set_name(absl::StrCat(partnership.provider(), "/partnerships/", result.id));
  partnership.set_reseller(row[2].as<std::string>());
  partnership.set_state(postgres::ParseEnum(row[3], Partnership::State_Parse));
  partnership.set_state_cause(row[4].as<std::string>());
  partnership.set_invitation(row[5].as<std::string>());
  SetTime(row[6], [&] { return partnership.mutable_end_time(); });
  SetTime(row[7], [&] { return partnership.mutable_create_time(); });
  SetTime(row[8], [&] { return partnership.mutable_update_time(); });
  result.revision = row[9].as<int64_t>();
  partnership.set_etag(postgres::Etag(result.revision));
  return result;
}

std::optional<Row> OneRow(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

}  // namespace

std::optional<Row> Find(Transaction& transaction, const std::string& provider,
                        const std::string& id) {
  return OneRow(transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM relationship.partnerships p WHERE p.provider = $1 AND p.id = $2)sql"),
                                provider, id));
}

std::optional<Row> FindForUpdate(Transaction& transaction, const std::string& provider,
                                 const std::string& id) {
  return OneRow(transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM relationship.partnerships p WHERE p.provider = $1 AND p.id = $2
          FOR NO KEY UPDATE)sql"),
                                provider, id));
}

void LockPair(Transaction& transaction, const std::string& provider, const std::string& reseller) {
  transaction.Run("SELECT relationship.lock_partnership($1, $2)", provider, reseller);
}

bool ShareActive(Transaction& transaction, const std::string& provider,
                 const std::string& reseller) {
  transaction.RunLater("SELECT relationship.share_partnership($1, $2)", provider, reseller);
  return !transaction
              .Run(R"sql(SELECT true FROM relationship.partnerships
                         WHERE provider = $1 AND reseller = $2 AND state = 'ACTIVE')sql",
                   provider, reseller)
              .empty();
}

std::optional<Row> FindLive(Transaction& transaction, const std::string& provider,
                            const std::string& reseller) {
  return OneRow(transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM relationship.partnerships p
          WHERE p.provider = $1 AND p.reseller = $2 AND p.state <> 'ENDED')sql"),
                                provider, reseller));
}

Row Insert(Transaction& transaction, const Partnership& partnership, const std::string& source) {
  return FromRow(transaction.Run(absl::StrCat(R"sql(
          INSERT INTO relationship.partnerships AS p (provider, reseller, state, invitation, source)
          VALUES ($1, $2, $3, $4, $5)
          RETURNING )sql",
                                              kColumns),
                                 partnership.provider(), partnership.reseller(),
                                 Partnership::State_Name(partnership.state()),
                                 partnership.invitation(), source)[0]);
}

std::optional<Row> SetState(Transaction& transaction, const Row& before, Partnership::State state,
                            const std::string& cause) {
  const pqxx::result changed = transaction.Run(
      R"sql(UPDATE relationship.partnerships
            SET state = $4, state_cause = $5,
              end_time = CASE WHEN $4 = 'ENDED' THEN clock_timestamp() END,
              revision = revision + 1, update_time = clock_timestamp()
            WHERE provider = $1 AND id = $2 AND state = $3
            RETURNING true)sql",
      before.partnership.provider(), before.id, Partnership::State_Name(before.partnership.state()),
      Partnership::State_Name(state), cause);
  if (changed.empty()) return std::nullopt;
  return Find(transaction, before.partnership.provider(), before.id);
}

std::vector<Partnership> List(Transaction& transaction, const paging::NewestFirst& list) {
  const paging::Statement page =
      list.Page(absl::StrCat("SELECT ", kColumns, list.IsOfAll() ? kAll : kOfEitherSide), "p");
  std::vector<Partnership> partnerships;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    partnerships.push_back(FromRow(row).partnership);
  }
  return partnerships;
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  return {
      {.name = "state",
       .type = Type::kEnum,
       .sql = "p.state",
       .values = {{"ACTIVE", ""}, {"SUSPENDED", ""}, {"ENDED", ""}}},
      {.name = "provider", .type = Type::kText, .sql = "p.provider"},
      {.name = "reseller", .type = Type::kText, .sql = "p.reseller"},
      {.name = "create_time", .type = Type::kTime, .sql = "p.create_time"},
      {.name = "end_time", .type = Type::kTime, .sql = "p.end_time"},
  };
}

}  // namespace partnerlink::relationship::partnerships
