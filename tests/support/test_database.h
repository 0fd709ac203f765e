// A database of one test: a clone of the migrated template, gone when the test ends. The cluster is
// the one that tests/support/database has started.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "pqxx/pqxx"

namespace partnerlink::support {

// What became of a statement: its rows, or the SQLSTATE and text of its failure.
struct Outcome {
  std::string sqlstate;  // empty: it succeeded
  std::string message;
  pqxx::result rows;

  bool ok() const { return sqlstate.empty(); }
};

// The outcome of a statement that threw `error`. libpqxx 6 leaves some codes out.
Outcome FailureOf(const pqxx::sql_error& error);

// Thread rule: the functions open connections of their own, so any thread may call them.
class TestDatabase {
 public:
  // Throws, saying how to start a cluster, if PARTNERLINK_TEST_POSTGRES does not name one.
  TestDatabase();
  ~TestDatabase();
  TestDatabase(const TestDatabase&) = delete;
  TestDatabase& operator=(const TestDatabase&) = delete;

  // For the login `invitation`, `invitation_worker`, … or `postgres`, the superuser.
  std::string Conninfo(std::string_view login) const;

  // As the superuser, behind no wall. Throws if a statement fails.
  pqxx::result Run(const std::string& sql) const;

  // The first column of the first row that Run answers.
  std::string Value(const std::string& sql) const;
  int Count(const std::string& sql) const;

  // In one transaction of a login with this account, committed if all succeed: the last statement's
  // outcome, or the first failure.
  Outcome RunAs(std::string_view login, std::string_view account,
                const std::vector<std::string>& statements) const;

 private:
  std::string name_;
};

}  // namespace partnerlink::support
