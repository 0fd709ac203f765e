// Licences against licences, against seats and against deletions, all at once: never more users of
// a subscription than it has seats, and always as many as are counted.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "common/status/status.h"
#include "tests/component/user_fixture.h"
#include "tests/support/race.h"
#include "tests/support/seed.h"

namespace partnerlink::license_races_test {
namespace {

using directory::v1::User;
using support::CreationOf;
using support::IdOf;
using support::kNorthwind;
using support::ModificationOf;
using support::MoreSeats;
using support::Race;

constexpr int kRacers = 16;

class LicenseRacesTest : public support::UserTest {
 protected:
  // Until it is no longer due to the race that it was refused.
  template <typename Call>
  static absl::Status Insist(const Call& call) {
    absl::Status status;
    do {
      status = call().status();
    } while (ReasonOf(status) == common::v1::CONFLICT);
    return status;
  }

  std::vector<std::string> Users(int count) {
    std::vector<std::string> users;
    for (int i = 0; i < count; ++i) users.push_back(Made(absl::StrCat("user-", i)));
    return users;
  }

  // Looks again and again, while `race` runs, for a moment at which the seats are not as they must
  // be; how often it has looked.
  template <typename Run>
  int LookOn(const Run& race) {
    std::atomic<bool> over = false;
    int looks = 0;
    std::thread onlooker([&] {
      while (!over) {
        ASSERT_EQ(FaultsOfSeats(), "");
        ++looks;
      }
    });
    race();
    over = true;
    onlooker.join();
    return looks;
  }
};

TEST_F(LicenseRacesTest, TheLastSeatsAreGivenOnce) {
  const std::vector<std::string> users = Users(kRacers);
  for (int round = 0; round < 4; ++round) {
    const int seats = 1 + round * 4;
    const std::string mail = Sold(anna_, kNorthwind, seats);
    std::atomic<int> given = 0;
    Race(kRacers, [&](int racer) {
      const absl::Status status =
          Insist([&] { return ModifyLicenses(users[static_cast<size_t>(racer)], {mail}); });
      if (status.ok()) ++given;
      EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::LICENSES_EXHAUSTED) << status;
    });
    EXPECT_EQ(given, seats);
    EXPECT_EQ(GetSubscription(carl_, mail)->assigned(), seats);
    EXPECT_EQ(FaultsOfSeats(), "");
  }
}

TEST_F(LicenseRacesTest, SeveralAtOnceAreGivenWholeInWhateverOrderTheyAreNamed) {
  const std::vector<std::string> users = Users(kRacers);
  const std::string mail = Sold(anna_, kNorthwind, 5);
  const std::string phone = Sold(anna_, kNorthwind, 9);
  std::atomic<int> given = 0;
  Race(kRacers, [&](int racer) {
    const auto& user = users[static_cast<size_t>(racer)];
    const absl::Status status = Insist([&] {
      return racer % 2 == 0 ? ModifyLicenses(user, {mail, phone})
                            : ModifyLicenses(user, {phone, mail});
    });
    if (status.ok()) ++given;
    EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::LICENSES_EXHAUSTED) << status;
  });
  EXPECT_EQ(given, 5);
  EXPECT_EQ(Counted(), "5/5 9/5");
  EXPECT_EQ(FaultsOfSeats(), "");
}

TEST_F(LicenseRacesTest, OneUserGetsALicenceOnce) {
  const std::string mail = Sold(anna_, kNorthwind, 9);
  const std::string ann = Made("ann");
  Race(8, [&](int) { EXPECT_TRUE(Insist([&] { return ModifyLicenses(ann, {mail}); }).ok()); });
  EXPECT_EQ(Counted(), "9/1");
  EXPECT_EQ(FaultsOfSeats(), "");
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox"
                            " WHERE event = 'user.licenses_modified'"),
            1);
}

// Gives and takes, seats added by orders and lowered, users deleted and restored: whatever comes
// first, at every moment the seats hold.
TEST_F(LicenseRacesTest, SeatsHoldBesideEverythingThatMovesThem) {
  const std::vector<std::string> users = Users(6);
  const std::vector<std::string> sold = {Sold(anna_, kNorthwind, 2), Sold(anna_, kNorthwind, 3)};
  const uint64_t seed = support::SeedOfThisRun();
  std::atomic<int> given = 0, exhausted = 0, lowered = 0, too_low = 0, deleted = 0;
  const int looks = LookOn([&] {
    Race(8, [&](int racer) {
      std::mt19937_64 random(seed + static_cast<uint64_t>(racer));
      for (int i = 0; i < 25; ++i) {
        const std::string& user = users[random() % users.size()];
        const std::string& subscription = sold[random() % sold.size()];
        switch (racer < 5 ? random() % 3 : racer) {
          case 0:
          case 1: {
            const absl::Status status =
                Insist([&] { return ModifyLicenses(user, {subscription}); });
            if (status.ok()) ++given;
            if (ReasonOf(status) == common::v1::LICENSES_EXHAUSTED) ++exhausted;
            EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::LICENSES_EXHAUSTED ||
                        ReasonOf(status) == common::v1::STATE_TRANSITION)
                << status;
            break;
          }
          case 2: {
            const absl::Status status =
                Insist([&] { return ModifyLicenses(user, {}, {subscription}); });
            EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::STATE_TRANSITION) << status;
            break;
          }
          case 5:
            EXPECT_TRUE(
                Insist([&] { return CreateOrder(anna_, MoreSeats(subscription, 1)); }).ok());
            break;
          case 6: {
            const auto outcome = database_.RunAs(
                "postgres", "",
                {absl::Substitute("UPDATE directory.subscriptions SET quantity = quantity - 1"
                                  " WHERE id = '$0' AND quantity > 1",
                                  IdOf(subscription))});
            ++(outcome.ok() ? lowered : too_low);
            EXPECT_TRUE(outcome.ok() || outcome.sqlstate == "23514") << outcome.message;
            break;
          }
          default:
            if (Insist([&] { return DeleteUser(anna_, user); }).ok()) ++deleted;
            EXPECT_TRUE(Insist([&] { return UndeleteUser(anna_, user); }).ok());
        }
      }
    });
  });
  EXPECT_EQ(FaultsOfSeats(), "");
  EXPECT_GT(looks, 0);
  EXPECT_GT(given, 0);
  EXPECT_GT(lowered, 0);
  EXPECT_GT(deleted, 0);
  RecordProperty("given", given.load());
  RecordProperty("exhausted", exhausted.load());
  RecordProperty("lowered", lowered.load());
  RecordProperty("too_low", too_low.load());
  RecordProperty("deleted", deleted.load());
  RecordProperty("looks", looks);
}

// The calls alone: of what is given meanwhile no seat is taken away.
TEST_F(LicenseRacesTest, SeatsAreNotLoweredBelowWhatIsGivenMeanwhile) {
  const std::vector<std::string> users = Users(4);
  int given = 0, lowered = 0, refused = 0;
  for (int round = 0; round < 100 && (round < 10 || lowered == 0 || refused == 0); ++round) {
    const std::string mail = Sold(anna_, kNorthwind, 5);
    std::atomic<int> gives = 0, lowers = 0;
    Race(8, [&](int racer) {
      if (racer < 4) {
        const absl::Status status =
            Insist([&] { return ModifyLicenses(users[static_cast<size_t>(racer)], {mail}); });
        if (status.ok()) ++gives;
        EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::LICENSES_EXHAUSTED) << status;
        return;
      }
      const absl::Status status =
          Insist([&] { return UpdateSubscription(anna_, support::SeatsOf(mail, racer - 3)); });
      if (status.ok()) ++lowers;
      EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::QUANTITY_BELOW_ASSIGNED) << status;
    });
    const auto after = GetSubscription(carl_, mail);
    ASSERT_TRUE(after.ok()) << after.status();
    EXPECT_EQ(after->assigned(), gives);
    EXPECT_LE(after->assigned(), after->quantity());
    ASSERT_EQ(FaultsOfSeats(), "");
    given += gives;
    lowered += lowers;
    refused += 4 - lowers;
  }
  EXPECT_GT(given, 0);
  EXPECT_GT(lowered, 0);
  EXPECT_GT(refused, 0);
}

TEST_F(LicenseRacesTest, ADeletedUserHasNone) {
  const std::string mail = Sold(anna_, kNorthwind, 100);
  for (int round = 0; round < 10; ++round) {
    const std::string ann = Made(absl::StrCat("ann-", round));
    Race(4, [&](int racer) {
      if (racer == 0) {
        EXPECT_TRUE(Insist([&] { return DeleteUser(anna_, ann); }).ok());
        return;
      }
      const absl::Status status = Insist([&] { return ModifyLicenses(ann, {mail}); });
      EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::STATE_TRANSITION) << status;
    });
    EXPECT_EQ(GetUser(anna_, ann)->state(), User::DELETED);
    ASSERT_EQ(Counted(), "100/0");
  }
  EXPECT_EQ(FaultsOfSeats(), "");
}

TEST_F(LicenseRacesTest, APrincipalNameIsGivenOnce) {
  for (int round = 0; round < 5; ++round) {
    const std::string name = absl::StrCat("ann-", round);
    std::atomic<int> created = 0;
    Race(8, [&](int) {
      const absl::Status status = Insist([&] { return CreateUser(anna_, CreationOf(name)); });
      if (status.ok()) ++created;
      EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::USER_EXISTS) << status;
    });
    EXPECT_EQ(created, 1);
  }
}

// The control: counting first, and writing what follows from it.
TEST_F(LicenseRacesTest, ControlCheckThenWriteOverAssigns) {
  const std::vector<std::string> users = Users(8);
  const std::string mail = Sold(anna_, kNorthwind, 3);
  std::latch looked(8);
  Race(8, [&](int racer) {
    pqxx::connection connection(database_.Conninfo("postgres"));
    pqxx::work transaction(connection);
    const int assigned =
        transaction.exec("SELECT assigned FROM directory.subscriptions")[0][0].as<int>();
    looked.arrive_and_wait();
    if (assigned >= 3) return;
    transaction.exec(absl::Substitute(
        "INSERT INTO directory.license_assignments (customer, subscription, user_id)"
        " VALUES ('$0', '$1', '$2')",
        kNorthwind, IdOf(mail), IdOf(users[static_cast<size_t>(racer)])));
    transaction.exec(absl::StrCat("UPDATE directory.subscriptions SET assigned = ", assigned + 1));
    transaction.commit();
  });
  EXPECT_EQ(FaultsOfSeats(), "over-assigned, miscounted");
}

}  // namespace
}  // namespace partnerlink::license_races_test
