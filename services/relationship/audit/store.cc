#include "services/relationship/audit/store.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "common/postgres/fields.h"
#include "common/postgres/text_array.h"
#include "common/status/status.h"
#include "google/protobuf/util/json_util.h"

namespace partnerlink::relationship::audit {
namespace {

using postgres::Transaction;
using v1::AuditEntry;

// One column per line of FromRow.
constexpr char kColumns[] =
    "e.account || '/auditEntries/' || e.id, e.service, e.method, e.actor, e.actor_account,"
    " e.actor_roles, e.on_behalf_of, e.resource, e.decision, e.reason, e.cause, e.before, e.after,"
    " e.request_id, " PARTNERLINK_MICROS("e.create_time");

// The JSON of a row that a service has written.
absl::Status ReadJson(const pqxx::field& json, google::protobuf::Struct* (AuditEntry::*row)(),
                      AuditEntry& entry) {
  if (json.is_null()) return absl::OkStatus();
  const auto read =
      google::protobuf::util::JsonStringToMessage(json.as<std::string>(), (entry.*row)());
  return read.ok() ? absl::OkStatus()
                   : absl::InternalError(absl::StrCat("the JSON of ", entry.name(), ": ",
                                                      std::string(read.message())));
}

absl::StatusOr<AuditEntry> FromRow(const pqxx::row& row) {
  AuditEntry entry;
  entry.set_name(row[0].as<std::string>());
  entry.set_service(row[1].as<std::string>());
  entry.set_method(row[2].as<std::string>());
  entry.set_actor(row[3].as<std::string>());
  entry.set_account(row[4].as<std::string>());
  for (const std::string& role : postgres::FromTextArray(row[5])) entry.add_roles(role);
  entry.set_on_behalf_of(row[6].as<std::string>());
  entry.set_resource(row[7].as<std::string>());
  entry.set_decision(postgres::ParseEnum(row[8], AuditEntry::Decision_Parse));
  entry.set_reason(row[9].as<std::string>());
  entry.set_cause(row[10].as<std::string>());
  PARTNERLINK_RETURN_IF_ERROR(ReadJson(row[11], &AuditEntry::mutable_before, entry));
  PARTNERLINK_RETURN_IF_ERROR(ReadJson(row[12], &AuditEntry::mutable_after, entry));
  entry.set_request_id(row[13].as<std::string>());
  postgres::SetTime(row[14], [&] { return entry.mutable_create_time(); });
  return entry;
}

// Whose entries: an index serves each of them.
std::string_view Owner(std::string_view parent) {
  if (parent == "operators/-") return "'' = $1 AND e.actor_account = 'operators'";
  if (parent == "partners/-") return "'' = $1 AND e.account LIKE 'partners/%'";
  if (parent == "customers/-") return "'' = $1 AND e.account LIKE 'customers/%'";
  return "e.account = $1";
}

}  // namespace

absl::StatusOr<std::vector<AuditEntry>> List(Transaction& transaction,
                                             const paging::NewestFirst& list,
                                             std::string_view parent) {
  const paging::Statement page = list.Page(
      absl::StrCat("SELECT ", kColumns, " FROM common.audit_entries e"), "e", Owner(parent));
  std::vector<AuditEntry> entries;
  for (const pqxx::row& row : transaction.RunOnce(page.sql, page.parameters)) {
    PARTNERLINK_ASSIGN_OR_RETURN(AuditEntry entry, FromRow(row));
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::vector<filter::Field> ListFields() {
  using filter::Type;
  return {
      {.name = "service", .type = Type::kText, .sql = "e.service"},
      {.name = "method", .type = Type::kText, .sql = "e.method", .prefix = true},
      {.name = "actor", .type = Type::kText, .sql = "e.actor", .prefix = true},
      {.name = "account", .type = Type::kText, .sql = "e.actor_account"},
      {.name = "resource", .type = Type::kText, .sql = "e.resource", .prefix = true},
      {.name = "decision",
       .type = Type::kEnum,
       .sql = "e.decision",
       .values = {{"ALLOWED", ""}, {"REFUSED", ""}}},
      {.name = "reason", .type = Type::kText, .sql = "e.reason"},
      {.name = "request_id", .type = Type::kText, .sql = "e.request_id"},
      {.name = "create_time", .type = Type::kTime, .sql = "e.create_time"},
  };
}

}  // namespace partnerlink::relationship::audit
