// A grant's table of states through its calls and in the database: what is not in it is refused and
// changes nothing, and what was asked for cannot grow.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "tests/component/grant_fixture.h"

namespace partnerlink::grant_states_test {
namespace {

using relationship::grants::Action;
using relationship::grants::After;
using relationship::grants::EventOf;
using relationship::v1::Grant;
using support::kContoso;
using support::kNorthwind;
using testing::HasSubstr;

constexpr char kDenied[] = "42501";
constexpr char kCheck[] = "23514";

class GrantStatesTest : public support::GrantTest {
 protected:
  // A grant in this state, by the clock or in its row; `swept`: also in the row.
  std::string In(Grant::State state, bool swept) {
    if (state == Grant::CREATED) return Drafted();
    const bool was_active =
        state == Grant::ACTIVE || state == Grant::EXPIRED || state == Grant::TERMINATED;
    const std::string name = was_active ? Active() : Pending();
    if (state == Grant::DECLINED) {
      EXPECT_TRUE(Decline(name).ok());
    }
    if (state == Grant::WITHDRAWN) {
      EXPECT_TRUE(Withdraw(name).ok());
    }
    if (state == Grant::TERMINATED) {
      EXPECT_TRUE(Terminate(name).ok());
    }
    if (state == Grant::LAPSED) Force(name, "lapse_time = now()");
    if (state == Grant::EXPIRED) {
      Force(name, "start_time = now() - interval '90 days', end_time = now()");
    }
    if (swept) SweepDue();
    EXPECT_EQ(Get(name)->state(), state);
    return name;
  }

  // What the login `relationship` gets for an UPDATE of the grant while it works for `account`:
  // `changed`, `not seen` or the SQLSTATE.
  std::string Write(const std::string& account, const std::string& name, const std::string& set) {
    const support::Outcome outcome =
        database_.RunAs("relationship", account,
                        {absl::StrCat("UPDATE relationship.grants SET ", set, " WHERE id = '",
                                      support::IdOf(name), "'")});
    if (!outcome.ok()) return outcome.sqlstate;
    return outcome.rows.affected_rows() > 0 ? "changed" : "not seen";
  }
};

TEST_F(GrantStatesTest, EveryCallInEveryStateIsTheTable) {
  for (int number = Grant::CREATED; number <= Grant::State_MAX; ++number) {
    const auto state = static_cast<Grant::State>(number);
    for (const bool swept : {false, true}) {
      for (const auto& [action, call] : CallsOnGrants()) {
        const std::string name = In(state, swept);
        const std::string before = WholeDatabase();
        const absl::Status status = call(name);
        const std::string what =
            absl::StrCat(Grant::State_Name(state), " ", std::string(EventOf(action)));
        if (After(action, state)) {
          EXPECT_TRUE(status.ok()) << what << status;
          EXPECT_NE(WholeDatabase(), before) << what;
          continue;
        }
        // Of a draft the customer knows nothing.
        const bool unseen = state == Grant::CREATED &&
                            (action == Action::kApprove || action == Action::kDecline ||
                             action == Action::kTerminate || action == Action::kDropRoles);
        EXPECT_EQ(ReasonOf(status),
                  unseen ? common::v1::RESOURCE_NOT_FOUND : common::v1::STATE_TRANSITION)
            << what << status;
        EXPECT_EQ(WholeDatabase(), before) << what;
      }
    }
  }
}

// Each side's own decisions, and no others: the database itself knows.
TEST_F(GrantStatesTest, NeitherSideWritesWhatTheOtherDecides) {
  const char* approved =
      "state = 'ACTIVE', start_time = clock_timestamp(),"
      " end_time = clock_timestamp() + interval '1 day'";
  EXPECT_EQ(Write(kContoso, Pending(), approved), kDenied);
  EXPECT_EQ(Write(kContoso, Pending(), "state = 'DECLINED'"), kDenied);
  EXPECT_EQ(Write(kContoso, Active(), "roles = '{user_admin}'"), kDenied);
  EXPECT_EQ(Write(kContoso, Active(), "end_time = end_time + interval '1 day'"), kDenied);
  EXPECT_EQ(Write(kNorthwind, Pending(), "state = 'WITHDRAWN'"), kDenied);
  EXPECT_EQ(Write(kNorthwind, Drafted(), "state = 'DECLINED'"), "not seen");
  EXPECT_EQ(Write("partners/fabrikam", Active(), "state = 'TERMINATED'"), "not seen");
  EXPECT_EQ(Write("operators", Active(), "state = 'TERMINATED'"), "not seen");
  EXPECT_EQ(Write(kContoso, Drafted(), "customer = 'customers/tailspin'"), kDenied);
  EXPECT_EQ(Write(kNorthwind, Pending(), approved), "changed");
  EXPECT_EQ(Write(kContoso, Active(), "state = 'TERMINATED'"), "changed");
}

// Whoever writes, also the owner of all.
TEST_F(GrantStatesTest, WhatWasAskedForDoesNotGrow) {
  const std::vector<std::string> growths = {"roles = roles || '{service_admin}'",
                                            "roles = '{service_admin}'",
                                            "duration_days = duration_days + 1",
                                            "auto_extend = 180",
                                            "display_name = 'Other'",
                                            "customer = 'customers/tailspin'",
                                            "partner = 'partners/fabrikam'",
                                            "request_time = request_time + interval '1 day'",
                                            "renews = id",
                                            "invitation = 'x'"};
  for (const std::string& name : {Pending(), Active()}) {
    for (const std::string& growth : growths) {
      const support::Outcome outcome =
          database_.RunAs("postgres", "",
                          {absl::StrCat("UPDATE relationship.grants SET ", growth, " WHERE id = '",
                                        support::IdOf(name), "'")});
      EXPECT_EQ(outcome.sqlstate, kCheck) << growth << outcome.message;
      EXPECT_THAT(outcome.message, HasSubstr("not a draft")) << growth;
    }
  }
}

TEST_F(GrantStatesTest, TheClocksStatesComeWithTheClockWhoeverWrites) {
  const auto write = [&](const std::string& name, const std::string& set) {
    return database_
        .RunAs("postgres", "",
               {absl::StrCat("UPDATE relationship.grants SET ", set, " WHERE id = '",
                             support::IdOf(name), "'")})
        .sqlstate;
  };
  EXPECT_EQ(write(Active(), "state = 'EXPIRED'"), kCheck);
  EXPECT_EQ(write(Pending(), "state = 'LAPSED'"), kCheck);
  for (const char* state : {"DECLINED", "WITHDRAWN"}) {
    EXPECT_EQ(write(In(Grant::LAPSED, false), absl::StrCat("state = '", state, "'")), kCheck);
  }
  EXPECT_EQ(write(In(Grant::LAPSED, false),
                  "state = 'ACTIVE', start_time = now(), end_time = now() + interval '1 day'"),
            kCheck);
  EXPECT_EQ(write(In(Grant::EXPIRED, false), "state = 'TERMINATED'"), kCheck);
  EXPECT_EQ(write(In(Grant::EXPIRED, false), "state = 'EXPIRED'"), "");
  EXPECT_EQ(write(In(Grant::LAPSED, false), "state = 'LAPSED'"), "");
  EXPECT_EQ(write(Active(), "state = 'TERMINATED'"), "");
}

TEST_F(GrantStatesTest, ControlWithoutTheTriggerItGrows) {
  const std::string name = Active();
  database_.Run("ALTER TABLE relationship.grants DISABLE TRIGGER terms_and_times");
  database_.Run("UPDATE relationship.grants SET roles = roles || '{service_admin}'");
  EXPECT_EQ(Get(name)->roles_size(), 3);
}

}  // namespace
}  // namespace partnerlink::grant_states_test
