// Which states the login of the service can bring a relationship into by SQL, for whom: what holds
// where the code has a fault.
#include <gtest/gtest.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "tests/component/relationship_life_fixture.h"

namespace partnerlink::relationship_life_walls_test {
namespace {

using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::kTailspin;
using support::Olga;
using support::Outcome;

constexpr char kDistri[] = "partners/distri";

class RelationshipLifeWallsTest : public support::RelationshipLifeTest {
 protected:
  RelationshipLifeWallsTest() : relationship_(Relate(kNorthwind, kContoso)) {}

  // The login's transaction of the account, with the relationship named as the handlers do it.
  Outcome RunAs(const std::string& account, const std::string& sql, const std::string& named = "") {
    Outcome outcome;
    try {
      pqxx::connection connection(database_.Conninfo("relationship"));
      pqxx::work transaction(connection);
      transaction.exec_params(
          "SELECT set_config('partnerlink.account', $1, true),"
          " set_config('partnerlink.relationship', $2, true)",
          account, named);
      outcome.rows = transaction.exec(sql);
      transaction.commit();
    } catch (const pqxx::sql_error& error) {
      outcome = support::FailureOf(error);
    }
    return outcome;
  }

  bool Changes(const std::string& account, const std::string& set, const std::string& name,
               const std::string& named = "") {
    const Outcome outcome = RunAs(account,
                                  absl::StrCat("UPDATE relationship.relationships SET ", set,
                                               " WHERE 'relationships/' || id = '", name, "'"),
                                  named);
    return outcome.ok() && outcome.rows.affected_rows() == 1;
  }

  const std::string relationship_;
};

// By SQL, in the login's transactions: whose doing brings which change.
TEST_F(RelationshipLifeWallsTest, NoAccountChangesAStateThatIsNotItsToChange) {
  const std::string ending =
      "state = 'ENDING', effective_end_time = clock_timestamp() + interval '1 h'";
  EXPECT_FALSE(Changes(kContoso, "state = 'SUSPENDED'", relationship_));
  EXPECT_FALSE(Changes(kContoso, ending, relationship_));
  EXPECT_FALSE(Changes(kFabrikam, "state = 'SUSPENDED'", relationship_));
  EXPECT_FALSE(Changes(kNorthwind, "state = 'SUSPENDED'", relationship_));
  EXPECT_FALSE(Changes(kTailspin, ending, relationship_));
  EXPECT_FALSE(Changes("operators", ending, relationship_));
  EXPECT_FALSE(Changes("", ending, relationship_));
  EXPECT_TRUE(Changes("operators", "state = 'SUSPENDED'", relationship_));
  EXPECT_FALSE(Changes(kContoso, "state = 'ACTIVE'", relationship_));
  EXPECT_FALSE(Changes(kNorthwind, "state = 'ACTIVE'", relationship_));
  EXPECT_TRUE(Changes(kNorthwind, ending, relationship_));
  EXPECT_FALSE(Changes(kContoso, "state = 'ENDED'", relationship_));
  EXPECT_FALSE(
      Changes("operators", "state = 'SUSPENDED', effective_end_time = NULL", relationship_));
  EXPECT_FALSE(Changes(kNorthwind, "effective_end_time = clock_timestamp()", relationship_));
  EXPECT_FALSE(Changes(kNorthwind, "state = 'ENDED'", relationship_)) << "its time has not come";
  EXPECT_FALSE(Changes(kNorthwind, "state = 'ACTIVE', effective_end_time = NULL", relationship_))
      << "it was paused";
  EXPECT_TRUE(Changes(kNorthwind, "state = 'SUSPENDED', effective_end_time = NULL", relationship_));
}

TEST_F(RelationshipLifeWallsTest, BySqlAProviderPausesOnlyWhatItNamesAndWhatGoesThroughIt) {
  PartnerUp(kDistri, kContoso);
  const auto both = Establish(support::CombinedAcceptance(kTailspin, kContoso, kDistri, NewUuid()));
  ASSERT_TRUE(both.ok()) << both.status();
  const std::string reseller = both->edges(0).relationship();
  const std::string provider = both->edges(1).relationship();
  const std::string id = reseller.substr(reseller.find('/') + 1);
  const std::string own = relationship_.substr(relationship_.find('/') + 1);
  EXPECT_FALSE(Changes(kDistri, "state = 'SUSPENDED'", reseller)) << "not named";
  EXPECT_FALSE(Changes(kDistri, "state = 'SUSPENDED'", relationship_, own)) << "not through it";
  EXPECT_FALSE(Changes(kFabrikam, "state = 'SUSPENDED'", reseller, id));
  EXPECT_FALSE(
      Changes(kDistri, "state = 'ENDED', effective_end_time = clock_timestamp()", reseller, id));
  EXPECT_TRUE(Changes(kDistri, "state = 'SUSPENDED'", reseller, id));
  EXPECT_TRUE(Changes(kDistri, "state = 'SUSPENDED'", provider));
}

// The control: without the trigger a customer resumes what an operator has paused.
TEST_F(RelationshipLifeWallsTest, ControlWithoutTheTriggerACustomerResumes) {
  ASSERT_TRUE(Pause(relationship_, Olga()).ok());
  database_.Run("DROP TRIGGER changed_by_whom ON relationship.relationships");
  EXPECT_TRUE(Changes(kNorthwind, "state = 'ACTIVE'", relationship_));
}

}  // namespace
}  // namespace partnerlink::relationship_life_walls_test
