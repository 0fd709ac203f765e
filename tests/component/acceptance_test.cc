// How often a link can be used, and what looking at it changes; each with a control that shows the
// test would see a fault.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/status/status.h"
#include "tests/support/invitation_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::invitation::acceptance_test {
namespace {

using support::Customer;
using support::IdOf;
using testing::AnyOf;

class AcceptanceTest : public support::InvitationTest {
 protected:
  int Redemptions() { return database_.Count("SELECT count(*) FROM invitation.redemptions"); }

  // Everything that a row holds, and the transaction that wrote it last.
  std::string RowOf(const std::string& name) {
    return database_.Value(
        absl::StrCat("SELECT md5(i::text) || ' ' || xmin || ' ' || xmax || ' ' || ctid"
                     " FROM invitation.invitations i WHERE id = '",
                     IdOf(name), "'"));
  }

  void Count(const absl::Status& status) {
    absl::MutexLock lock(&mutex_);
    ++outcomes_[status.ok() ? "OK"
                            : common::v1::ErrorReason_Name(
                                  ReasonOf(status).value_or(common::v1::INTERNAL))];
  }

  absl::Mutex mutex_;
  std::map<std::string, int> outcomes_;
};

using Outcomes = std::map<std::string, int>;

TEST_F(AcceptanceTest, OfManyRacingCustomersExactlyOneWins) {
  const v1::Invitation issued = Issued();
  const std::string token = TokenOf(issued);
  support::Race(32,
                [&](int i) { Count(Accept(Customer(absl::StrCat("racer", i)), token).status()); });
  EXPECT_EQ(outcomes_, (Outcomes{{"OK", 1}, {"INVITATION_USED", 31}}));
  EXPECT_EQ(Redemptions(), 1);
  EXPECT_EQ(database_.Count("SELECT use_count FROM invitation.invitations"), 1);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.outbox WHERE target IS NOT NULL"), 1);
}

// The control: the same race, but looking first and writing then, as nothing here may do.
TEST_F(AcceptanceTest, ControlCheckThenUpdateOverAccepts) {
  const v1::Invitation issued = Issued();
  database_.Run("CREATE TABLE public.taken (customer text)");
  std::latch looked(8);
  std::atomic<int> accepted = 0;
  support::Race(8, [&](int i) {
    pqxx::connection connection(database_.Conninfo("postgres"));
    pqxx::work transaction(connection);
    const bool open =
        transaction.exec("SELECT state = 'PENDING' FROM invitation.invitations")[0][0].as<bool>();
    looked.arrive_and_wait();
    if (!open) return;
    transaction.exec("UPDATE invitation.invitations SET state = 'ACCEPTED', use_count = 1");
    transaction.exec(absl::StrCat("INSERT INTO public.taken VALUES ('customers/racer", i, "')"));
    transaction.commit();
    ++accepted;
  });
  EXPECT_GT(accepted, 1) << "the race shows no fault even where there is one";
  EXPECT_GT(database_.Count("SELECT count(*) FROM public.taken"), 1);
}

TEST_F(AcceptanceTest, ACustomerRacingItselfHasOneRedemption) {
  const std::string token = TokenOf(Issued());
  std::map<std::string, int> names;
  support::Race(16, [&](int) {
    const auto redemption = Accept(Customer("northwind"), token);
    ASSERT_TRUE(redemption.ok()) << redemption.status();
    absl::MutexLock lock(&mutex_);
    ++names[redemption->name()];
  });
  EXPECT_EQ(names.size(), 1u);
  EXPECT_EQ(Redemptions(), 1);
  EXPECT_EQ(
      database_.Count("SELECT count(*) FROM common.outbox WHERE event = 'invitation.accepted'"), 1);
}

TEST_F(AcceptanceTest, TheSameCustomerGetsItsRedemptionAgainWhateverBecameOfTheInvitation) {
  const v1::Invitation issued = Issued();
  const std::string token = TokenOf(issued);
  const auto first = Accept(Customer("northwind"), token);
  ASSERT_TRUE(first.ok()) << first.status();
  ExpireIn(issued.name(), -1000);
  database_.Run("UPDATE relationship.partners SET state = 'SUSPENDED'");
  const auto again = Accept(Customer("northwind"), token);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_EQ(again->name(), first->name());
  EXPECT_EQ(ReasonOf(Accept(Customer("tailspin"), token).status()), common::v1::INVITATION_USED);
}

TEST_F(AcceptanceTest, AcceptRevokeAndDeclineHaveOneOutcome) {
  const std::map<std::string, std::string> event_of = {{"ACCEPTED", "invitation.accepted"},
                                                       {"REVOKED", "invitation.revoked"},
                                                       {"DECLINED", "invitation.declined"}};
  for (int round = 0; round < 12; ++round) {
    const v1::Invitation issued = Issued();
    const std::string token = TokenOf(issued);
    std::atomic<int> done = 0;
    support::Race(6, [&](int i) {
      const absl::Status status =
          i % 3 == 0   ? Accept(Customer(absl::StrCat("a", i, "c")), token).status()
          : i % 3 == 1 ? Revoke(issued.name()).status()
                       : Decline(Customer(absl::StrCat("d", i, "c")), token).status();
      if (status.ok()) ++done;
      if (!status.ok()) {
        EXPECT_THAT(ReasonOf(status),
                    AnyOf(common::v1::INVITATION_USED, common::v1::INVITATION_REVOKED,
                          common::v1::INVITATION_DECLINED, common::v1::STATE_TRANSITION))
            << status;
      }
    });
    EXPECT_EQ(done, 1);
    const std::string state = StoredState(issued.name());
    ASSERT_TRUE(event_of.contains(state)) << state;
    EXPECT_EQ(
        database_.Value(absl::StrCat(
            "SELECT string_agg(event, ' ') FROM common.outbox WHERE resource LIKE '", issued.name(),
            "%' AND event NOT IN ('invitation.created', 'invitation.issued')")),
        event_of.at(state));
    EXPECT_EQ(database_.Count(absl::StrCat("SELECT count(*) FROM invitation.redemptions"
                                           " WHERE invitation = '",
                                           IdOf(issued.name()), "'")),
              state == "ACCEPTED" ? 1 : 0);
  }
}

TEST_F(AcceptanceTest, ASuspendedPartnersInvitationWaits) {
  const v1::Invitation issued = Issued();
  const std::string token = TokenOf(issued);
  database_.Run("UPDATE relationship.partners SET state = 'SUSPENDED'");
  const std::string row = RowOf(issued.name());
  EXPECT_EQ(ReasonOf(Accept(Customer("northwind"), token).status()), common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(RowOf(issued.name()).substr(0, 32), row.substr(0, 32));
  database_.Run("UPDATE relationship.partners SET state = 'ACTIVE'");
  EXPECT_TRUE(Accept(Customer("northwind"), token).ok());
}

TEST_F(AcceptanceTest, APartnerSuspendedDuringTheAcceptanceStopsIt) {
  const v1::Invitation issued = Issued();
  const std::string token = TokenOf(issued);
  pqxx::connection connection(database_.Conninfo("postgres"));
  pqxx::work lock(connection);
  lock.exec("SELECT FROM invitation.invitations FOR UPDATE");
  absl::Status status;
  std::thread late([&] { status = Accept(Customer("northwind"), token).status(); });
  while (database_.Count("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                         " AND wait_event_type = 'Lock'") < 1) {
    std::this_thread::yield();
  }
  database_.Run("UPDATE relationship.partners SET state = 'SUSPENDED'");
  lock.commit();
  late.join();
  EXPECT_EQ(ReasonOf(status), common::v1::PARTNER_SUSPENDED) << status;
}

TEST_F(AcceptanceTest, LookingChangesNothing) {
  const v1::Invitation issued = Issued();
  const std::string token = TokenOf(issued);
  const std::string row = RowOf(issued.name());
  const int audited = AuditRows();
  for (int i = 0; i < 5; ++i) {
    const auto looked = Lookup(token);
    ASSERT_TRUE(looked.ok()) << looked.status();
    EXPECT_TRUE(looked->acceptable());
  }
  ExpireIn(issued.name(), -1);
  const std::string expired = RowOf(issued.name());
  EXPECT_NE(row, expired) << "the comparison sees a change";
  ASSERT_TRUE(Lookup(token).ok());
  EXPECT_EQ(RowOf(issued.name()), expired) << "not even an expiry is written";
  EXPECT_EQ(AuditRows(), audited);
}

TEST_F(AcceptanceTest, LookingAnswersForEveryState) {
  const v1::Invitation draft = Draft();
  const std::string draft_token = TokenOf(draft);
  EXPECT_EQ(Lookup(draft_token)->not_acceptable_reason(), common::v1::INVITATION_NOT_ISSUED);
  ASSERT_TRUE(Revoke(draft.name()).ok());
  EXPECT_EQ(Lookup(draft_token)->not_acceptable_reason(), common::v1::INVITATION_REVOKED);
  const std::string declined = TokenOf(Issued());
  ASSERT_TRUE(Decline(Customer("northwind"), declined).ok());
  EXPECT_EQ(Lookup(declined)->not_acceptable_reason(), common::v1::INVITATION_DECLINED);
  EXPECT_EQ(ReasonOf(Accept(Customer("northwind"), declined).status()),
            common::v1::INVITATION_DECLINED);
  const std::string used = TokenOf(Issued());
  ASSERT_TRUE(Accept(Customer("northwind"), used).ok());
  EXPECT_EQ(Lookup(used)->not_acceptable_reason(), common::v1::INVITATION_USED);
  EXPECT_EQ(ReasonOf(Decline(Customer("northwind"), used).status()), common::v1::INVITATION_USED);
}

}  // namespace
}  // namespace partnerlink::invitation::acceptance_test
