#include "services/relationship/relationships/store.h"

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"

namespace partnerlink::relationship::relationships {
namespace {

using postgres::SetTime;
using postgres::Transaction;
using v1::Relationship;

// One column per line of FromRow.
constexpr char kColumns[] =
    "r.id, r.type, r.partner, r.customer, r.state, r.origin, r.invitation, r.via_partner,"
    " coalesce('relationships/' || r.predecessor, ''), "
    PARTNERLINK_MICROS("r.effective_end_time") ", " PARTNERLINK_MICROS("r.create_time") ", "
    PARTNERLINK_MICROS("r.update_time") ", r.revision";

template <typename Enum>
Enum ParseEnum(const std::string& text, bool (*parse)(google::protobuf::ConstStringParam, Enum*)) {
  Enum value{};
  parse(text, &value);
  return value;
}

Row FromRow(const pqxx::row& row) {
  Row result;
  result.id = row[0].as<std::string>();
  Relationship& relationship = result.relationship;
  relationship.set_name(absl::StrCat("relationships/", result.id));
  relationship.set_type(
      ParseEnum<Relationship::Type>(row[1].as<std::string>(), Relationship::Type_Parse));
  relationship.set_partner(row[2].as<std::string>());
  relationship.set_customer(row[3].as<std::string>());
  relationship.set_state(
      ParseEnum<Relationship::State>(row[4].as<std::string>(), Relationship::State_Parse));
  relationship.set_origin(
      ParseEnum<Relationship::Origin>(row[5].as<std::string>(), Relationship::Origin_Parse));
  relationship.set_invitation(row[6].as<std::string>());
  relationship.set_via_partner(row[7].as<std::string>());
  relationship.set_predecessor(row[8].as<std::string>());
  SetTime(row[9], [&] { return relationship.mutable_effective_end_time(); });
  SetTime(row[10], [&] { return relationship.mutable_create_time(); });
  SetTime(row[11], [&] { return relationship.mutable_update_time(); });
  result.revision = row[12].as<int64_t>();
  relationship.set_etag(postgres::Etag(result.revision));
  return result;
}

std::optional<Row> OneRow(const pqxx::result& rows) {
  if (rows.empty()) return std::nullopt;
  return FromRow(rows[0]);
}

}  // namespace

std::optional<Row> Find(Transaction& transaction, const std::string& id) {
  return OneRow(transaction.Run(
      absl::StrCat("SELECT ", kColumns, " FROM relationship.relationships r WHERE r.id = $1"), id));
}

std::vector<Relationship> List(Transaction& transaction, const paging::NewestFirst& list) {
  const paging::Statement page =
      list.Page(absl::StrCat("SELECT ", kColumns, " FROM relationship.relationships r"), "r");
  std::vector<Relationship> relationships;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    relationships.push_back(FromRow(row).relationship);
  }
  return relationships;
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  return {
      {.name = "state",
       .type = Type::kEnum,
       .sql = "r.state",
       .values = {{"ACTIVE", ""}, {"SUSPENDED", ""}, {"ENDING", ""}, {"ENDED", ""}}},
      {.name = "type",
       .type = Type::kEnum,
       .sql = "r.type",
       .values = {{"RESELLER", ""}, {"PROVIDER", ""}}},
      {.name = "partner", .type = Type::kText, .sql = "r.partner"},
      {.name = "customer", .type = Type::kText, .sql = "r.customer"},
      {.name = "origin",
       .type = Type::kEnum,
       .sql = "r.origin",
       .values = {{"INVITATION", ""}, {"PORTAL", ""}, {"CREATED", ""}}},
      {.name = "create_time", .type = Type::kTime, .sql = "r.create_time"},
      {.name = "effective_end_time", .type = Type::kTime, .sql = "r.effective_end_time"},
  };
}

void LockCustomer(Transaction& transaction, const std::string& customer) {
  transaction.Run("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", customer);
}

std::optional<Row> Insert(Transaction& transaction, const Relationship& relationship,
                          const std::string& source) {
  return OneRow(transaction.Run(absl::StrCat(R"sql(
          INSERT INTO relationship.relationships AS r (type, partner, customer, state, origin,
            invitation, via_partner, source, predecessor)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8,
            (SELECT e.id FROM relationship.relationships e
             WHERE e.type = $1 AND e.partner = $2 AND e.customer = $3 AND e.state = 'ENDED'
             ORDER BY e.create_time DESC, e.id DESC LIMIT 1))
          ON CONFLICT (partner, customer, type) WHERE state <> 'ENDED' DO NOTHING
          RETURNING )sql",
                                             kColumns),
                                Relationship::Type_Name(relationship.type()),
                                relationship.partner(), relationship.customer(),
                                Relationship::State_Name(relationship.state()),
                                Relationship::Origin_Name(relationship.origin()),
                                relationship.invitation(), relationship.via_partner(), source));
}

std::optional<Row> FindLive(Transaction& transaction, const Relationship& relationship) {
  return OneRow(transaction.Run(absl::StrCat("SELECT ", kColumns, R"sql(
          FROM relationship.relationships r
          WHERE r.type = $1 AND r.partner = $2 AND r.customer = $3 AND r.state <> 'ENDED')sql"),
                                Relationship::Type_Name(relationship.type()),
                                relationship.partner(), relationship.customer()));
}

std::optional<std::string> FindEstablishment(Transaction& transaction, const std::string& source) {
  const pqxx::result rows =
      transaction.Run("SELECT response FROM relationship.establishments WHERE source = $1", source);
  if (rows.empty()) return std::nullopt;
  return pqxx::binarystring(rows[0][0]).str();
}

void KeepEstablishment(Transaction& transaction, const std::string& source,
                       const std::string& response) {
  transaction.Run("INSERT INTO relationship.establishments (source, response) VALUES ($1, $2)",
                  source, pqxx::binarystring(response));
}

}  // namespace partnerlink::relationship::relationships
