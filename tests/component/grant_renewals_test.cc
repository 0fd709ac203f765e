// A renewal hands over without a gap and without a moment of both; and what a relationship leaves
// behind is found, and ended, by either side.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "tests/component/grant_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::grant_renewals_test {
namespace {

using relationship::v1::CreateGrantRequest;
using relationship::v1::Grant;
using support::Anna;
using support::Bert;
using support::Carl;
using support::DraftOf;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::kTailspin;
using testing::ElementsAre;
using testing::IsEmpty;

class GrantRenewalsTest : public support::GrantTest {
 protected:
  static CreateGrantRequest Renewing(const std::string& name) {
    CreateGrantRequest request = DraftOf();
    request.mutable_grant()->set_renews(name);
    return request;
  }
};

TEST_F(GrantRenewalsTest, TheOneEndsWhereTheOtherStarts) {
  const std::string old = Active();
  const std::string renewal = Pending(Renewing(old));
  EXPECT_EQ(Get(old)->state(), Grant::ACTIVE) << "until the customer has agreed";
  EXPECT_EQ(Get(renewal)->renews(), old);
  NewEvents();
  ASSERT_TRUE(Approve(renewal).ok());
  const auto ended = Get(old);
  const auto begun = Get(renewal);
  EXPECT_EQ(ended->state(), Grant::TERMINATED);
  EXPECT_EQ(ended->end_cause(), "renewed");
  EXPECT_EQ(begun->state(), Grant::ACTIVE);
  EXPECT_EQ(ended->end_time().SerializeAsString(), begun->start_time().SerializeAsString());
  EXPECT_THAT(
      NewEvents(),
      ElementsAre("grant.approved partners/contoso", "grant.approved customers/northwind",
                  "grant.terminated partners/contoso", "grant.terminated customers/northwind"));
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.audit_entries WHERE actor = 'carl' AND"
                            " cause = 'renewed' AND resource = '" +
                            old + "'"),
            2);
}

TEST_F(GrantRenewalsTest, NobodySeesAMomentWithoutRightsOrWithBoth) {
  std::string old = Active();
  for (int round = 0; round < 20; ++round) {
    const std::string renewal = Pending(Renewing(old));
    support::Race(4, [&](int racer) {
      if (racer == 0) {
        EXPECT_TRUE(Approve(renewal).ok());
        return;
      }
      for (int i = 0; i < 10; ++i) {
        EXPECT_EQ(Published("id").size(), 1u);
      }
    });
    old = renewal;
  }
}

TEST_F(GrantRenewalsTest, OneThatIsOverByTimeIsRenewedAsItIs) {
  const std::string old = Active();
  Force(old, "start_time = now() - interval '90 days', end_time = now()");
  const std::string renewal = Pending(Renewing(old));
  SweepDue();
  const std::string before = Stored(old, "grants::text");
  ASSERT_TRUE(Approve(renewal).ok());
  EXPECT_EQ(Stored(old, "grants::text"), before);
  EXPECT_TRUE(MayDo("user.manage"));
}

TEST_F(GrantRenewalsTest, OneThatWasEndedMeanwhileStaysAsItIs) {
  const std::string old = Active();
  const std::string renewal = Pending(Renewing(old));
  ASSERT_TRUE(Terminate(old).ok());
  const std::string before = Stored(old, "grants::text");
  ASSERT_TRUE(Approve(renewal).ok());
  EXPECT_EQ(Stored(old, "grants::text"), before);
}

TEST_F(GrantRenewalsTest, WhatCannotBeRenewedIsRefused) {
  const std::string pending = Pending();
  EXPECT_EQ(ReasonOf(Draft(Renewing(Drafted())).status()), common::v1::STATE_TRANSITION);
  EXPECT_EQ(ReasonOf(Draft(Renewing(pending)).status()), common::v1::STATE_TRANSITION);
  const std::string ended = Active();
  const std::string draft = Drafted(Renewing(ended));
  ASSERT_TRUE(Terminate(ended).ok());
  EXPECT_EQ(ReasonOf(Draft(Renewing(ended)).status()), common::v1::STATE_TRANSITION);
  EXPECT_EQ(ReasonOf(Request(draft).status()), common::v1::STATE_TRANSITION);

  const absl::Status absent =
      Draft(Renewing(absl::StrCat(kFabrikam, "/grants/", NewUuid()))).status();
  EXPECT_EQ(ReasonOf(absent), common::v1::RESOURCE_NOT_FOUND);
  const auto others = Establish(support::AcceptedBy(kNorthwind, kFabrikam, "s1"));
  ASSERT_TRUE(others.ok()) << others.status();
  EXPECT_EQ(ToRpcStatus(Draft(Renewing(others->grant())).status()).SerializeAsString(),
            ToRpcStatus(absent).SerializeAsString());
  const auto of_another = Establish(support::AcceptedBy(kTailspin, kContoso, "s2"));
  ASSERT_TRUE(of_another.ok()) << of_another.status();
  EXPECT_EQ(ReasonOf(Draft(Renewing(of_another->grant())).status()), common::v1::FIELD_INVALID);
}

TEST_F(GrantRenewalsTest, OfOneGrantOneRenewalIsUnderWay) {
  const std::string old = Active();
  const std::string other = Drafted(Renewing(old));
  const std::string renewal = Pending(Renewing(old));
  const absl::Status refused = Draft(Renewing(old)).status();
  EXPECT_EQ(ReasonOf(refused), common::v1::RENEWAL_EXISTS);
  EXPECT_THAT(ToRpcStatus(refused).ShortDebugString(), testing::HasSubstr(renewal));
  EXPECT_EQ(ReasonOf(Request(other).status()), common::v1::RENEWAL_EXISTS);
  ASSERT_TRUE(Decline(renewal).ok());
  EXPECT_TRUE(Request(other).ok()) << "the other one is answered";
  Force(other, "lapse_time = now()");
  SweepDue();
  EXPECT_TRUE(Draft(Renewing(old)).ok());
}

TEST_F(GrantRenewalsTest, OfRacingRequestsOneIsMade) {
  const std::string old = Active();
  std::vector<std::string> drafts;
  for (int i = 0; i < 4; ++i) drafts.push_back(Drafted(Renewing(old)));
  std::atomic<int> made = 0;
  support::Race(4, [&](int racer) {
    const absl::Status status = Request(drafts[static_cast<size_t>(racer)]).status();
    if (status.ok()) ++made;
    EXPECT_TRUE(status.ok() || ReasonOf(status) == common::v1::RENEWAL_EXISTS) << status;
  });
  EXPECT_EQ(made, 1);
}

TEST_F(GrantRenewalsTest, WhatARelationshipLeavesBehindEitherSideFindsAndEnds) {
  const std::string first = Active();
  const std::string second = Active();
  const std::string over = Active();
  ASSERT_TRUE(Terminate(over).ok());
  Pending();
  const auto others = Establish(support::AcceptedBy(kNorthwind, kFabrikam, "s1"));
  ASSERT_TRUE(others.ok()) << others.status();
  EXPECT_THAT(ListLeftBehind(Anna(), kContoso), IsEmpty());
  const auto removed = Remove(support::RemovalOf(relationship_), Anna());
  ASSERT_TRUE(removed.ok()) << removed.status();
  EXPECT_THAT(removed->kept_grants(), testing::UnorderedElementsAre(first, second));
  EXPECT_THAT(ListLeftBehind(Anna(), kContoso), ElementsAre(second, first));
  EXPECT_THAT(ListLeftBehind(Carl(), kNorthwind), ElementsAre(second, first));
  EXPECT_THAT(ListLeftBehind(Bert(), kFabrikam), IsEmpty()) << "its relationship is there";
  EXPECT_THAT(ListLeftBehind(Bert(), kContoso), IsEmpty()) << "the rows decide";
  ASSERT_TRUE(Terminate(second).ok());
  EXPECT_THAT(ListLeftBehind(Carl(), kNorthwind), ElementsAre(first));
  Relate(kNorthwind, kContoso);
  EXPECT_THAT(ListLeftBehind(Carl(), kNorthwind), IsEmpty()) << "they work together again";
}

TEST_F(GrantRenewalsTest, ARelationshipThatEndsByItsDateLeavesItBehindAtThatMoment) {
  const std::string name = Active();
  const auto end = [&](const char* when) {
    database_.Run(absl::StrCat(
        "SET session_replication_role = replica;"
        " UPDATE relationship.relationships SET state = 'ENDING',"
        " effective_end_time = now() + interval '",
        when, "' WHERE id = '", support::IdOf(relationship_), "'; RESET session_replication_role"));
  };
  end("1 hour");
  EXPECT_THAT(ListLeftBehind(Carl(), kNorthwind), IsEmpty());
  end("0 s");
  EXPECT_THAT(ListLeftBehind(Carl(), kNorthwind), ElementsAre(name));
}

}  // namespace
}  // namespace partnerlink::grant_renewals_test
