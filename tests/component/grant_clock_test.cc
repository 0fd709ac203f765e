// What the database's clock makes of a grant, at once for every reader and later in its row:
// expiry, extension, lapse and reminders.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "tests/component/grant_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::grant_clock_test {
namespace {

using relationship::v1::CreateGrantRequest;
using relationship::v1::Grant;
using support::Anna;
using support::Carl;
using support::DraftOf;
using support::kContoso;
using support::kNorthwind;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kDay = 24 * 3600;

class GrantClockTest : public support::GrantTest {
 protected:
  // A grant of 90 days that extends by itself.
  std::string Extending() {
    CreateGrantRequest wish = DraftOf();
    wish.mutable_grant()->set_auto_extend(180);
    return Active(wish);
  }

  // As if the grant had been approved so long ago.
  void Age(const std::string& name, const std::string& ago) {
    Force(name, absl::StrCat("start_time = start_time - interval '", ago,
                             "', end_time = end_time - interval '", ago,
                             "', remind_time = remind_time - interval '", ago, "'"));
  }

  // Seconds until the grant's end, rounded, as GetGrant says.
  int64_t SecondsLeft(const std::string& name) {
    const auto grant = Get(name);
    EXPECT_TRUE(grant.ok()) << grant.status();
    return grant->end_time().seconds() -
           database_.Count("SELECT extract(epoch FROM clock_timestamp())::bigint");
  }
};

TEST_F(GrantClockTest, PastItsEndItIsOverForEveryReaderAtOnce) {
  const std::string name = Active();
  EXPECT_TRUE(MayDo("user.manage"));
  Age(name, "90 days");
  EXPECT_EQ(Get(name)->state(), Grant::EXPIRED);
  EXPECT_THAT(Published("id"), IsEmpty());
  EXPECT_FALSE(MayDo("user.manage"));
  EXPECT_EQ(Stored(name, "state"), "ACTIVE") << "the row follows";
  EXPECT_EQ(ReasonOf(Terminate(name).status()), common::v1::STATE_TRANSITION);
  NewEvents();
  SweepDue();
  EXPECT_EQ(Stored(name, "state || ' ' || end_cause || ' ' || revision"), "EXPIRED time 4");
  EXPECT_THAT(NewEvents(),
              ElementsAre("grant.expired partners/contoso", "grant.expired customers/northwind"));
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.audit_entries WHERE actor ="
                            " 'relationship' AND actor_account = '' AND cause = 'time'"
                            " AND before ->> 'state' = 'ACTIVE' AND after ->> 'state' = 'EXPIRED'"),
            2);
  SweepDue();
  EXPECT_THAT(NewEvents(), IsEmpty());
}

TEST_F(GrantClockTest, OneThatExtendsGoesOnWithoutAGap) {
  const std::string name = Extending();
  for (const auto& [ago, days_left] : std::vector<std::pair<std::string, int>>{
           {"89 days", 1}, {"1 days", 180}, {"179 days", 1}, {"1 days", 180}, {"400 days", 140}}) {
    Age(name, ago);
    const auto grant = Get(name);
    ASSERT_TRUE(grant.ok()) << grant.status();
    EXPECT_EQ(grant->state(), Grant::ACTIVE) << ago;
    EXPECT_NEAR(static_cast<double>(SecondsLeft(name)), days_left * kDay, 5) << ago;
    EXPECT_THAT(Published("floor(extract(epoch FROM end_time))"),
                ElementsAre(absl::StrCat(grant->end_time().seconds())))
        << ago;
    EXPECT_TRUE(MayDo("user.manage")) << ago;
    EXPECT_THAT(List(Carl(), kNorthwind, "state = ACTIVE"), ElementsAre(name)) << ago;
  }
  const std::string extended = Get(name)->end_time().ShortDebugString();
  NewEvents();
  SweepDue();
  EXPECT_EQ(Get(name)->end_time().ShortDebugString(), extended) << "the row says what was said";
  EXPECT_EQ(Stored(name, "state || ' ' || (end_time > clock_timestamp())"), "ACTIVE true");
  EXPECT_THAT(NewEvents(),
              ElementsAre("grant.extended partners/contoso", "grant.extended customers/northwind"));
  SweepDue();
  SweepReminders();
  EXPECT_THAT(NewEvents(), IsEmpty()) << "it has no end to be reminded of";
}

TEST_F(GrantClockTest, OneThatExtendsCanBeEndedWheneverItsEndHasCome) {
  const std::string name = Extending();
  Age(name, "100 days");
  const auto ended = Terminate(name);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(Stored(name, "end_time <= clock_timestamp()"), "t");
  EXPECT_FALSE(MayDo("user.manage"));
  SweepDue();
  EXPECT_EQ(Stored(name, "state"), "TERMINATED");
}

TEST_F(GrantClockTest, ARequestThatNobodyAnswersLapsesAtOnce) {
  const std::string name = Pending();
  Force(name, "lapse_time = lapse_time - interval '90 days' + interval '1 hour'");
  EXPECT_EQ(Get(name)->state(), Grant::APPROVAL_PENDING);
  Force(name, "lapse_time = lapse_time - interval '1 hour'");
  EXPECT_EQ(Get(name, Carl())->state(), Grant::LAPSED);
  EXPECT_THAT(List(Carl(), kNorthwind, "state = APPROVAL_PENDING"), IsEmpty());
  EXPECT_EQ(ReasonOf(Approve(name).status()), common::v1::STATE_TRANSITION);
  NewEvents();
  SweepDue();
  EXPECT_EQ(Stored(name, "state || ' ' || end_cause"), "LAPSED time");
  EXPECT_THAT(NewEvents(),
              ElementsAre("grant.lapsed partners/contoso", "grant.lapsed customers/northwind"));
}

TEST_F(GrantClockTest, BothSidesAreReminded30And14And7And1DaysBeforeTheEndOnceEach) {
  const std::string name = Active();
  NewEvents();
  for (const auto& [ago, reminds] :
       std::vector<std::pair<std::string, bool>>{{"59 days", false},
                                                 {"1 days", true},
                                                 {"0 days", false},
                                                 {"15 days", false},
                                                 {"1 days", true},
                                                 {"6 days", false},
                                                 {"1 days", true},
                                                 {"5 days", false},
                                                 {"1 days", true},
                                                 {"23 hours", false}}) {
    Age(name, ago);
    const int64_t revision = std::stoll(Stored(name, "revision"));
    SweepReminders();
    if (reminds) {
      EXPECT_THAT(NewEvents(), ElementsAre("grant.expiring partners/contoso",
                                           "grant.expiring customers/northwind"))
          << SecondsLeft(name) / kDay;
      EXPECT_EQ(Stored(name, "revision"), absl::StrCat(revision + 1));
    } else {
      EXPECT_THAT(NewEvents(), IsEmpty()) << SecondsLeft(name) / kDay;
    }
  }
  Age(name, "1 hour");
  SweepReminders();
  EXPECT_THAT(NewEvents(), IsEmpty()) << "it is over";
}

TEST_F(GrantClockTest, OfWhatWasPastWhenItStartedNobodyIsReminded) {
  CreateGrantRequest wish = DraftOf();
  for (const auto& [days, next] : std::vector<std::pair<int, std::string>>{{1, "none"},
                                                                           {2, "1 day"},
                                                                           {7, "6 days"},
                                                                           {8, "1 day"},
                                                                           {14, "7 days"},
                                                                           {30, "16 days"},
                                                                           {31, "1 day"},
                                                                           {90, "60 days"}}) {
    wish.mutable_grant()->set_duration_days(days);
    EXPECT_EQ(Stored(Active(wish), "coalesce((remind_time - start_time)::text, 'none')"), next)
        << days;
  }
}

TEST_F(GrantClockTest, OfSeveralThatWereMissedTheNearestIsTold) {
  const std::string name = Active();
  NewEvents();
  Age(name, "84 days");
  SweepReminders();
  EXPECT_EQ(NewEvents().size(), 2u);
  SweepReminders();
  EXPECT_THAT(NewEvents(), IsEmpty());
  Age(name, "5 days");
  SweepReminders();
  EXPECT_EQ(NewEvents().size(), 2u) << "of the last day";
}

TEST_F(GrantClockTest, GrantsThatCameWithAnInvitationAreRemindedOfToo) {
  const auto response = Establish(support::AcceptedBy(support::kTailspin, kContoso, "s1"));
  ASSERT_TRUE(response.ok()) << response.status();
  EXPECT_EQ(Stored(response->grant(), "end_time - remind_time"), "30 days");
}

// Two copies of the service sweep.
TEST_F(GrantClockTest, SweepsSideBySideTakeEachRowOnce) {
  for (int i = 0; i < 20; ++i) Age(Active(), "90 days");
  for (int i = 0; i < 20; ++i) Force(Pending(), "lapse_time = now()");
  NewEvents();
  support::Race(4, [&](int) { SweepDue(); });
  SweepDue();
  EXPECT_EQ(NewEvents().size(), 80u);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants WHERE revision = 4"
                            " AND state = 'EXPIRED' OR revision = 3 AND state = 'LAPSED'"),
            40);
}

TEST_F(GrantClockTest, ManyAreTakenInSeveralBatches) {
  database_.Run(
      "INSERT INTO relationship.grants (partner, customer, roles, state, start_time, end_time,"
      " duration_days, auto_extend) SELECT 'partners/contoso', 'customers/northwind',"
      " '{user_admin}', 'ACTIVE', now() - interval '2 days', now() - interval '1 day', 1, 0"
      " FROM generate_series(1, 450)");
  SweepDue();
  EXPECT_EQ(database_.Count("SELECT count(*) FROM relationship.grants WHERE state = 'EXPIRED'"),
            450);
  EXPECT_EQ(database_.Count("SELECT count(DISTINCT xmin::text) FROM relationship.grants"), 3);
}

// The control: a reader that looks at the row sees a grant that is over.
TEST_F(GrantClockTest, ControlTheRowAloneWouldLetItGoOn) {
  const std::string name = Active();
  Age(name, "90 days");
  database_.Run(
      "CREATE OR REPLACE VIEW relationship.published_grants WITH (security_barrier) AS"
      " SELECT partner, id, customer, roles, end_time FROM relationship.grants"
      " WHERE state = 'ACTIVE'");
  EXPECT_TRUE(MayDo("user.manage"));
}

}  // namespace
}  // namespace partnerlink::grant_clock_test
