// Three things keep licences from being given beyond the seats: the lock, the statement, and the
// table's check. Each alone is enough; without all three the same race gives too many.
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "tests/component/unguarded_licenses.h"
#include "tests/component/user_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::license_guards_test {
namespace {

using support::Guards;
using support::kNorthwind;

constexpr int kRacers = 8;
constexpr int kSeats = 3;

class LicenseGuardsTest : public support::UserTest {
 protected:
  LicenseGuardsTest() {
    for (int i = 0; i < kRacers; ++i) users_.push_back(Made(absl::StrCat("user-", i)));
  }
  ~LicenseGuardsTest() override { support::StandOnly(Guards()); }

  // Races for the seats of a new subscription each; what is wrong with the seats after the first at
  // which something is, empty if nothing ever is.
  std::string RaceForTheLastSeats(int rounds) {
    for (int round = 0; round < rounds; ++round) {
      const std::string mail = Sold(anna_, kNorthwind, kSeats);
      std::atomic<int> given = 0;
      support::Race(kRacers, [&](int racer) {
        if (ModifyLicenses(users_[static_cast<size_t>(racer)], {mail}).ok()) ++given;
      });
      EXPECT_GT(given, 0);
      const std::string faults = FaultsOfSeats();
      if (!faults.empty()) return faults;
    }
    return "";
  }

  void DropTheCheck() {
    database_.Run("ALTER TABLE directory.subscriptions DROP CONSTRAINT subscriptions_assigned");
  }

  std::vector<std::string> users_;
};

TEST_F(LicenseGuardsTest, TheLockAloneIsEnough) {
  support::StandOnly({.lock = true, .statement = false});
  DropTheCheck();
  EXPECT_EQ(RaceForTheLastSeats(10), "");
}

TEST_F(LicenseGuardsTest, TheStatementAloneIsEnough) {
  support::StandOnly({.lock = false, .statement = true});
  DropTheCheck();
  EXPECT_EQ(RaceForTheLastSeats(10), "");
}

TEST_F(LicenseGuardsTest, TheTablesCheckAloneIsEnough) {
  support::StandOnly({.lock = false, .statement = false});
  EXPECT_EQ(RaceForTheLastSeats(10), "");
}

// The control.
TEST_F(LicenseGuardsTest, ControlWithoutAnyOfThemTooManyAreGiven) {
  support::StandOnly({.lock = false, .statement = false});
  DropTheCheck();
  EXPECT_EQ(RaceForTheLastSeats(100), "over-assigned");
}

}  // namespace
}  // namespace partnerlink::license_guards_test
