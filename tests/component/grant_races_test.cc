// A grant under a race: of what contradicts each other one happens, and nothing after its time,
// whoever waited for a lock meanwhile.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/directory/subscriptions/handlers.h"
#include "services/relationship/relationships/handlers.h"
#include "tests/component/grant_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::grant_races_test {
namespace {

using relationship::v1::ApproveGrantRequest;
using relationship::v1::DropGrantRolesRequest;
using relationship::v1::Grant;
using support::Anna;
using support::kContoso;
using support::OfGrant;
using support::Race;
using testing::AnyOf;

class GrantRacesTest : public support::GrantTest {
 protected:
  // Whether it was done; anything but STATE_TRANSITION and CONFLICT beside that is a fault.
  static bool Done(const absl::Status& status) {
    if (status.ok()) return true;
    EXPECT_THAT(ReasonOf(status),
                AnyOf(common::v1::STATE_TRANSITION, common::v1::CONFLICT,
                      common::v1::RELATIONSHIP_INACTIVE, common::v1::PARTNER_SUSPENDED))
        << status;
    return false;
  }

  // Does it while somebody holds the grant's row, who then makes `meanwhile` of it and lets go.
  absl::Status Behind(const std::string& name, const std::string& meanwhile,
                      const std::function<absl::Status()>& act) {
    pqxx::connection connection(database_.Conninfo("postgres"));
    pqxx::work holder(connection);
    holder.exec("SET LOCAL session_replication_role = replica");
    const std::string which = " WHERE id = '" + support::IdOf(name) + "'";
    holder.exec("SELECT FROM relationship.grants" + which + " FOR UPDATE");
    absl::Status status;
    std::thread late([&] { status = act(); });
    while (database_.Count("SELECT count(*) FROM pg_stat_activity WHERE datname ="
                           " current_database() AND wait_event_type = 'Lock'") == 0) {
      std::this_thread::yield();
    }
    holder.exec("UPDATE relationship.grants SET " + meanwhile + which);
    holder.commit();
    late.join();
    return status;
  }

  int Audited(const std::string& name, const std::string& state) {
    return database_.Count(absl::StrCat(
        "SELECT count(*) FROM common.audit_entries WHERE account = 'partners/contoso' AND resource"
        " = '",
        name, "' AND after ->> 'state' = '", state, "'"));
  }
};

TEST_F(GrantRacesTest, OfTwoApprovalsOneIsMade) {
  for (int round = 0; round < 10; ++round) {
    const std::string name = Pending();
    std::atomic<int> approved = 0;
    Race(4, [&](int racer) {
      auto request = OfGrant<ApproveGrantRequest>(name);
      request.set_duration_days(racer + 1);
      if (Done(Approve(request).status())) ++approved;
    });
    EXPECT_EQ(approved, 1);
    EXPECT_EQ(Audited(name, "ACTIVE"), 1);
  }
}

TEST_F(GrantRacesTest, OfEveryAnswerToARequestOneCounts) {
  for (int round = 0; round < 10; ++round) {
    const std::string name = Pending();
    std::atomic<int> answered = 0;
    Race(3, [&](int racer) {
      const absl::Status status = racer == 0   ? Approve(name).status()
                                  : racer == 1 ? Decline(name).status()
                                               : Withdraw(name).status();
      if (Done(status)) ++answered;
    });
    EXPECT_EQ(answered, 1);
    EXPECT_EQ(Stored(name, "revision"), "3");
  }
}

TEST_F(GrantRacesTest, ItIsTerminatedOrExpiresNeverBoth) {
  int terminated = 0;
  for (int round = 0; round < 30; ++round) {
    const std::string name = Active();
    Force(name, absl::StrCat("start_time = now() - interval '1 day',"
                             " end_time = clock_timestamp() + interval '",
                             round % 10, " ms'"));
    std::atomic<int> ended = 0;
    Race(3, [&](int racer) {
      if (racer == 0) return SweepDue();
      if (Done(Terminate(name).status())) ++ended;
    });
    while (Get(name)->state() == Grant::ACTIVE) std::this_thread::yield();
    SweepDue();
    EXPECT_EQ(Stored(name, "state"), ended == 1 ? "TERMINATED" : "EXPIRED");
    EXPECT_EQ(Audited(name, "TERMINATED") + Audited(name, "EXPIRED"), 1);
    terminated += ended;
  }
  RecordProperty("terminated", terminated);
}

TEST_F(GrantRacesTest, RolesThatAreDroppedAtOnceAreAllGone) {
  const std::string name = Active();
  Race(2, [&](int racer) {
    auto request = OfGrant<DropGrantRolesRequest>(name);
    request.add_roles(racer == 0 ? "user_admin" : "license_admin");
    while (!Done(DropRoles(request).status())) {
    }
  });
  EXPECT_EQ(Get(name)->state(), Grant::TERMINATED);
}

TEST_F(GrantRacesTest, WhoWaitedForALockPastTheTimeDoesNotPass) {
  const std::string lapsed = "lapse_time = clock_timestamp()";
  const std::string over = "start_time = now() - interval '1 day', end_time = clock_timestamp()";
  for (const auto& [action, call] : CallsOnGrants()) {
    const bool of_request = After(action, Grant::APPROVAL_PENDING).has_value();
    if (!of_request && !After(action, Grant::ACTIVE)) continue;
    const std::string name = of_request ? Pending() : Active();
    const absl::Status late =
        Behind(name, of_request ? lapsed : over, [&, act = call] { return act(name); });
    EXPECT_EQ(ReasonOf(late), common::v1::STATE_TRANSITION)
        << std::string(relationship::grants::EventOf(action)) << late;
    EXPECT_EQ(Stored(name, "state"), of_request ? "APPROVAL_PENDING" : "ACTIVE");
  }
}

// The control: by the transaction's start the one that waited passes.
TEST_F(GrantRacesTest, ControlTheTransactionsStartLetsTheLateOnePass) {
  const std::string name = Pending();
  database_.Run("ALTER TABLE relationship.grants DISABLE TRIGGER terms_and_times");
  EXPECT_TRUE(Behind(name, "lapse_time = clock_timestamp()", [&] {
                database_.Run("UPDATE relationship.grants SET state = 'DECLINED' WHERE id = '" +
                              support::IdOf(name) + "' AND lapse_time > now()");
                return absl::OkStatus();
              }).ok());
  EXPECT_EQ(Stored(name, "state"), "DECLINED");
}

// What comes into force beside a removal was there for the removal to name.
TEST_F(GrantRacesTest, NothingIsApprovedBehindARemoval) {
  int approved = 0;
  int removed_first = 0;
  for (int round = 0; round < 20; ++round) {
    const std::string name = Pending();
    bool is_approved = false;
    bool is_kept = false;
    Race(2, [&](int racer) {
      if (racer == 0) {
        is_approved = Done(Approve(name).status());
        return;
      }
      const auto removed = Remove(support::RemovalOf(relationship_), Anna());
      ASSERT_TRUE(removed.ok()) << removed.status();
      for (const std::string& kept : removed->kept_grants()) is_kept = is_kept || kept == name;
    });
    EXPECT_EQ(is_approved, is_kept) << "round " << round;
    approved += is_approved ? 1 : 0;
    removed_first += is_approved ? 0 : 1;
    const auto again = Establish(support::AcceptedBy(support::kNorthwind, kContoso, NewUuid()));
    ASSERT_TRUE(again.ok()) << again.status();
    relationship_ = again->edges(0).relationship();
    database_.Run("UPDATE relationship.grants SET state = 'TERMINATED' WHERE state = 'ACTIVE'");
  }
  RecordProperty("approved", approved);
  RecordProperty("removed_first", removed_first);
}

// What rests on a grant does not slip in beside its end. Fabrikam has sold it, contoso administers
// it.
class RestingOnAGrantTest : public GrantRacesTest {
 protected:
  RestingOnAGrantTest() {
    Relate(support::kNorthwind, support::kFabrikam);
    subscription_ = Sell(support::kNorthwind, support::Bert());
    auto request = support::DraftOf();
    request.mutable_grant()->clear_roles();
    request.mutable_grant()->add_roles("subscription_admin");
    grant_ = Active(request);
  }

  // Contoso cancels the subscription while somebody ends the grant and has not committed yet.
  absl::Status CancelBesideItsEnd() {
    pqxx::connection connection(database_.Conninfo("postgres"));
    pqxx::work ender(connection);
    ender.exec("SELECT common.lock_grant('" + support::IdOf(grant_) + "')");
    ender.exec(
        "UPDATE relationship.grants SET state = 'TERMINATED', end_time = clock_timestamp()"
        " WHERE id = '" +
        support::IdOf(grant_) + "'");
    absl::Status status;
    std::atomic<bool> is_done = false;
    std::thread canceller([&] {
      directory::v1::CancelSubscriptionRequest request;
      request.set_name(subscription_);
      const support::TestCall call = support::DirectoryCall("CancelSubscription", Anna());
      status = directory::subscriptions::CancelSubscription(call.context, directory_deps_, request)
                   .status();
      is_done = true;
    });
    while (!is_done && database_.Count("SELECT count(*) FROM pg_stat_activity WHERE datname ="
                                       " current_database() AND wait_event_type = 'Lock'") == 0) {
      std::this_thread::yield();
    }
    ender.commit();
    canceller.join();
    return status;
  }

  std::string subscription_;
  std::string grant_;
};

TEST_F(RestingOnAGrantTest, NothingIsChangedBesideItsEnd) {
  EXPECT_FALSE(CancelBesideItsEnd().ok());
  EXPECT_EQ(database_.Value("SELECT state FROM directory.subscriptions"), "ACTIVE");
}

TEST_F(RestingOnAGrantTest, ControlWithoutTheLockItIs) {
  database_.Run(
      "CREATE OR REPLACE FUNCTION common.share_grant(granted uuid) RETURNS void"
      " LANGUAGE sql VOLATILE BEGIN ATOMIC SELECT NULL::void; END");
  EXPECT_TRUE(CancelBesideItsEnd().ok());
}

// Every call that ends a grant, or takes from it, waits for whoever changes something by it.
TEST_F(RestingOnAGrantTest, ItsEndWaitsForWhatRestsOnIt) {
  const std::vector<std::function<absl::Status()>> ends = {
      [&] { return Terminate(grant_).status(); },
      [&] {
        auto request = OfGrant<DropGrantRolesRequest>(grant_);
        request.add_roles("subscription_admin");
        return DropRoles(request).status();
      },
      [&] {
        relationship::v1::EndRelationshipRequest request;
        request.set_name(relationship_);
        const support::TestCall call =
            support::RelationshipCall("EndRelationship", support::Carl());
        return relationship::relationships::EndRelationship(call.context, relationship_deps_,
                                                            request)
            .status();
      }};
  for (const auto& end : ends) {
    pqxx::connection connection(database_.Conninfo("postgres"));
    pqxx::work writer(connection);
    writer.exec("SELECT common.share_grant('" + support::IdOf(grant_) + "')");
    EXPECT_EQ(ReasonOf(end()), common::v1::CONFLICT) << "it has waited for as long as locks may";
  }
}

TEST_F(GrantRacesTest, ARepeatedCallIsOneApprovalAlsoUnderARace) {
  auto request = OfGrant<ApproveGrantRequest>(Pending());
  request.set_request_id(NewUuid());
  std::vector<std::string> answers(6);
  Race(6, [&](int racer) {
    const auto approved = Approve(request);
    EXPECT_TRUE(approved.ok() || ReasonOf(approved.status()) == common::v1::CONFLICT)
        << approved.status();
    if (approved.ok()) answers[static_cast<size_t>(racer)] = approved->SerializeAsString();
  });
  std::string answer;
  for (const std::string& each : answers) {
    if (answer.empty()) answer = each;
    EXPECT_TRUE(each.empty() || each == answer);
  }
  EXPECT_EQ(Audited(request.name(), "ACTIVE"), 1);
}

}  // namespace
}  // namespace partnerlink::grant_races_test
