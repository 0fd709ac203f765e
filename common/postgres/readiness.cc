#include "common/postgres/readiness.h"

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/clock.h"
#include "common/postgres/text_array.h"
#include "common/postgres/transact.h"

namespace partnerlink::postgres {
namespace {

// Tables without a tenant: reference data, the same for everyone.
constexpr char kReferenceTables[] = "{transitions,agreement_texts,attestation_texts}";

std::vector<std::string> MissingChanges(Transaction& transaction,
                                        const std::vector<std::string>& changes) {
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT array_agg(needed ORDER BY needed) FROM unnest($1::text[]) AS needed
            WHERE needed NOT IN (SELECT project || ':' || change FROM sqitch.changes))sql",
      ToTextArray(changes));
  return FromTextArray(rows[0][0]);
}

// Ways around the walls that this login has.
std::vector<std::string> Bypasses(Transaction& transaction) {
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT array_remove(ARRAY[
              CASE WHEN r.rolsuper THEN 'is a superuser' END,
              CASE WHEN r.rolbypassrls THEN 'may bypass row-level security' END,
              CASE WHEN EXISTS (
                SELECT FROM pg_roles o WHERE o.rolname IN
                  ('common_owner', 'invitation_owner', 'relationship_owner', 'directory_owner')
                  AND pg_has_role(r.oid, o.oid, 'MEMBER')) THEN 'is a member of an owner' END], NULL)
            FROM pg_roles r WHERE r.rolname = current_user)sql");
  return FromTextArray(rows[0][0]);
}

std::vector<std::string> OpenTables(Transaction& transaction, const std::string& schema) {
  const pqxx::result rows = transaction.Run(
      R"sql(SELECT array_agg(c.relname::text ORDER BY c.relname)
            FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
            WHERE n.nspname IN ('common', $1) AND c.relkind IN ('r', 'p')
              AND c.relname <> ALL ($2::name[]) AND NOT (c.relrowsecurity AND c.relforcerowsecurity))sql",
      schema, std::string(kReferenceTables));
  return FromTextArray(rows[0][0]);
}

absl::Status Check(Transaction& transaction, const Requirements& requirements) {
  if (const auto ways = Bypasses(transaction); !ways.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the database login ", absl::StrJoin(ways, ", ")));
  }
  if (transaction.Run("SELECT to_regclass('sqitch.changes') IS NULL")[0][0].as<bool>()) {
    return absl::FailedPreconditionError("no schema is deployed");
  }
  if (const auto missing = MissingChanges(transaction, requirements.changes); !missing.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("the schema lacks the changes ", absl::StrJoin(missing, ", ")));
  }
  if (const auto open = OpenTables(transaction, requirements.schema); !open.empty()) {
    return absl::FailedPreconditionError(
        absl::StrCat("tables without forced row-level security: ", absl::StrJoin(open, ", ")));
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckReadiness(Pool& pool, const Requirements& requirements) {
  const Scope scope{"", absl::Now() + absl::Seconds(5), Access::kReadOnly};
  return TransactStatus(pool, scope,
                        [&](Transaction& transaction) { return Check(transaction, requirements); });
}

}  // namespace partnerlink::postgres
