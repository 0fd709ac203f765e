#include "tests/support/test_database.h"

#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

#include "absl/strings/str_cat.h"

namespace partnerlink::support {
namespace {

// What deploy/postgres/roles.sql says of the database itself, which a clone does not inherit.
constexpr char kConnectRights[] =
    "REVOKE ALL ON DATABASE $ FROM PUBLIC; GRANT CONNECT ON DATABASE $ TO migrator, auditor,"
    " invitation, invitation_worker, relationship, relationship_worker, directory,"
    " directory_worker, rebuilder";

std::string ClusterConninfo() {
  const char* conninfo = std::getenv("PARTNERLINK_TEST_POSTGRES");
  if (conninfo == nullptr || *conninfo == '\0') {
    throw std::runtime_error(
        "PARTNERLINK_TEST_POSTGRES is not set: run tests/run, or"
        " export \"$(tests/support/database start DIR)\"");
  }
  return conninfo;
}

std::string ConninfoOf(std::string_view database, std::string_view login) {
  return absl::StrCat(ClusterConninfo(), " dbname=", std::string(database),
                      " user=", std::string(login));
}

void RunInCluster(const std::string& sql) {
  pqxx::connection connection(ConninfoOf("postgres", "postgres"));
  pqxx::nontransaction(connection).exec(sql);
}

std::string NewName() {
  static int count = 0;
  return absl::StrCat("test_", getpid(), "_", ++count);
}

}  // namespace

Outcome FailureOf(const pqxx::sql_error& error) {
  Outcome outcome;
  const bool not_allowed = dynamic_cast<const pqxx::insufficient_privilege*>(&error) != nullptr;
  outcome.sqlstate = not_allowed ? "42501" : error.sqlstate().empty() ? "?" : error.sqlstate();
  outcome.message = error.what();
  return outcome;
}

TestDatabase::TestDatabase() : name_(NewName()) {
  RunInCluster(absl::StrCat("CREATE DATABASE ", name_,
                            " TEMPLATE partnerlink_template STRATEGY file_copy OWNER migrator"));
  std::string rights = kConnectRights;
  for (size_t at = rights.find('$'); at != std::string::npos; at = rights.find('$')) {
    rights.replace(at, 1, name_);
  }
  RunInCluster(rights);
}

TestDatabase::~TestDatabase() {
  try {
    RunInCluster(absl::StrCat("DROP DATABASE IF EXISTS ", name_, " WITH (FORCE)"));
  } catch (const std::exception&) {
    // The cluster goes with all its databases.
  }
}

std::string TestDatabase::Conninfo(std::string_view login) const {
  return ConninfoOf(name_, login);
}

pqxx::result TestDatabase::Run(const std::string& sql) const {
  pqxx::connection connection(Conninfo("postgres"));
  return pqxx::nontransaction(connection).exec(sql);
}

std::string TestDatabase::Value(const std::string& sql) const {
  const pqxx::result rows = Run(sql);
  if (rows.empty()) throw std::runtime_error("no row: " + sql);
  return rows[0][0].is_null() ? "" : rows[0][0].as<std::string>();
}

int TestDatabase::Count(const std::string& sql) const { return std::stoi(Value(sql)); }

Outcome TestDatabase::RunAs(std::string_view login, std::string_view account,
                            const std::vector<std::string>& statements) const {
  pqxx::connection connection(Conninfo(login));
  pqxx::work transaction(connection);
  Outcome outcome;
  try {
    transaction.exec(absl::StrCat("SELECT set_config('partnerlink.account', ",
                                  connection.quote(std::string(account)), ", true)"));
    for (const std::string& statement : statements) outcome.rows = transaction.exec(statement);
    transaction.commit();
  } catch (const pqxx::sql_error& error) {
    outcome = FailureOf(error);
  }
  return outcome;
}

}  // namespace partnerlink::support
