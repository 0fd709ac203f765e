// A service serves only on a schema that fits, with a login that is behind the walls.
#include "common/postgres/readiness.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/support/test_database.h"

namespace partnerlink::postgres::readiness_test {
namespace {

using testing::AllOf;
using testing::HasSubstr;

class ReadinessTest : public testing::Test {
 protected:
  // Why the login may not serve; empty if it may.
  std::string Problem(const std::string& login, const std::vector<std::string>& changes = {}) {
    Pool pool(login, database_.Conninfo(login), 1);
    const std::string schema = login.substr(0, login.find('_'));
    return std::string(CheckReadiness(pool, {schema, changes}).message());
  }

  support::TestDatabase database_;
};

TEST_F(ReadinessTest, EveryServicesLoginsAreReady) {
  const std::vector<std::string> changes = {
      "common:schema",          "common:request_ids",  "common:audit",          "common:outbox",
      "relationship:published", "directory:published", "invitation:redemptions"};
  for (const char* service : {"invitation", "relationship", "directory"}) {
    EXPECT_EQ(Problem(service, changes), "");
    EXPECT_EQ(Problem(std::string(service) + "_worker", changes), "");
  }
}

TEST_F(ReadinessTest, EveryMissingChangeIsNamed) {
  const std::string problem =
      Problem("invitation", {"common:outbox", "invitation:later", "common:nonsense"});
  EXPECT_THAT(problem, AllOf(HasSubstr("invitation:later"), HasSubstr("common:nonsense")));
  EXPECT_THAT(problem, testing::Not(HasSubstr("common:outbox")));
}

TEST_F(ReadinessTest, AnEmptyDatabaseIsNamedSo) {
  database_.Run("DROP SCHEMA sqitch CASCADE");
  EXPECT_THAT(Problem("invitation", {"common:outbox"}), HasSubstr("no schema is deployed"));
}

TEST_F(ReadinessTest, ALoginThatCouldBypassTheWallsIsRefused) {
  EXPECT_THAT(Problem("postgres"), HasSubstr("is a superuser"));
  EXPECT_THAT(Problem("migrator"), HasSubstr("is a member of an owner"));
  const std::string name = absl::StrCat("bypasser_", getpid());
  database_.Run("CREATE ROLE " + name + " LOGIN BYPASSRLS IN ROLE pg_read_all_data");
  database_.Run(absl::StrCat("DO $$ BEGIN EXECUTE format('GRANT CONNECT ON DATABASE %I TO ", name,
                             "', current_database()); END $$"));
  EXPECT_THAT(Problem(name), HasSubstr("may bypass row-level security"));
  database_.Run(absl::StrCat("DROP OWNED BY ", name, "; DROP ROLE ", name));
}

TEST_F(ReadinessTest, ATableWithoutForcedRowLevelSecurityIsNamed) {
  EXPECT_EQ(Problem("invitation"), "");
  database_.Run("ALTER TABLE invitation.redemptions NO FORCE ROW LEVEL SECURITY");
  EXPECT_THAT(Problem("invitation"), HasSubstr("redemptions"));
  EXPECT_EQ(Problem("directory"), "") << "another service's table is not its matter";
  database_.Run("ALTER TABLE common.outbox DISABLE ROW LEVEL SECURITY");
  EXPECT_THAT(Problem("directory"), HasSubstr("outbox"));
  database_.Run("CREATE TABLE relationship.forgotten (account text)");
  EXPECT_THAT(Problem("relationship"), HasSubstr("forgotten"));
}

TEST_F(ReadinessTest, ADatabaseThatDoesNotAnswerIsNotReady) {
  Pool pool("invitation", "host=/nonexistent user=invitation dbname=x", 1);
  EXPECT_FALSE(CheckReadiness(pool, {"invitation", {}}).ok());
}

}  // namespace
}  // namespace partnerlink::postgres::readiness_test
