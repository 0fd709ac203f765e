// What is done with a grant, by whom, and what each change leaves behind.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/relationship/notices/telling.h"
#include "tests/component/grant_fixture.h"

namespace partnerlink::grants_test {
namespace {

using relationship::v1::ApproveGrantRequest;
using relationship::v1::CreateGrantRequest;
using relationship::v1::DeleteGrantRequest;
using relationship::v1::DropGrantRolesRequest;
using relationship::v1::Grant;
using relationship::v1::RequestGrantApprovalRequest;
using relationship::v1::TerminateGrantRequest;
using relationship::v1::UpdateGrantRequest;
using support::Anna;
using support::Bert;
using support::Carl;
using support::DraftOf;
using support::kContoso;
using support::kNorthwind;
using support::kTailspin;
using support::OfGrant;
using support::PrincipalOf;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr int kDay = 24 * 3600;

class GrantsTest : public support::GrantTest {
 protected:
  // Who has caused the newest audit row, and why, and the states before and after.
  std::string NewestAudit() {
    return database_.Value(
        "SELECT concat_ws(' ', actor, nullif(cause, ''), before ->> 'state', after ->> 'state')"
        " FROM common.audit_entries ORDER BY create_time DESC, id DESC LIMIT 1");
  }
};

TEST_F(GrantsTest, ADraftIsThePartnersAlone) {
  const auto draft = Draft(DraftOf());
  ASSERT_TRUE(draft.ok()) << draft.status();
  EXPECT_EQ(draft->state(), Grant::CREATED);
  EXPECT_EQ(draft->partner(), kContoso);
  EXPECT_EQ(draft->customer(), kNorthwind);
  EXPECT_THAT(draft->roles(), ElementsAre("user_admin", "license_admin"));
  EXPECT_FALSE(draft->has_start_time());
  EXPECT_FALSE(draft->has_end_time());
  EXPECT_THAT(NewEvents(), ElementsAre("grant.created partners/contoso"));
  EXPECT_EQ(Get(draft->name())->SerializeAsString(), draft->SerializeAsString());
  const absl::Status unseen = Get(draft->name(), Carl()).status();
  const absl::Status absent = Get(absl::StrCat(kContoso, "/grants/", NewUuid()), Carl()).status();
  EXPECT_EQ(ReasonOf(unseen), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(ToRpcStatus(unseen).SerializeAsString(), ToRpcStatus(absent).SerializeAsString());
  EXPECT_THAT(List(Anna(), kContoso), ElementsAre(draft->name()));
  EXPECT_THAT(List(Carl(), kNorthwind), IsEmpty());
  EXPECT_THAT(List(PrincipalOf("operators", {"operator"}), "customers/-"),
              ElementsAre(draft->name()));
  EXPECT_EQ(ReasonOf(Approve(draft->name()).status()), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_FALSE(MayDo("user.manage"));
}

TEST_F(GrantsTest, ADraftIsChangedAndDeletedByItsPartner) {
  const std::string name = Drafted();
  NewEvents();
  UpdateGrantRequest request;
  request.mutable_grant()->set_name(name);
  request.mutable_grant()->add_roles("directory_reader");
  request.mutable_grant()->set_etag("stale");
  EXPECT_EQ(ReasonOf(Edit(request).status()), common::v1::ETAG_MISMATCH);
  request.mutable_grant()->set_etag(Get(name)->etag());
  const auto edited = Edit(request);
  ASSERT_TRUE(edited.ok()) << edited.status();
  EXPECT_THAT(edited->roles(), ElementsAre("directory_reader"));
  EXPECT_EQ(edited->duration_days(), 90);
  EXPECT_EQ(edited->display_name(), "Care");
  EXPECT_EQ(ReasonOf(Edit(request, Bert()).status()), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_EQ(ReasonOf(Delete(OfGrant<DeleteGrantRequest>(name), Bert()).status()),
            common::v1::RESOURCE_NOT_FOUND);
  ASSERT_TRUE(Delete(OfGrant<DeleteGrantRequest>(name)).ok());
  EXPECT_EQ(ReasonOf(Get(name).status()), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_THAT(NewEvents(),
              ElementsAre("grant.updated partners/contoso", "grant.deleted partners/contoso"));
  EXPECT_EQ(
      database_.Count("SELECT count(*) FROM common.audit_entries WHERE resource = '" + name + "'"),
      3);
}

TEST_F(GrantsTest, OnlyACustomerThatThePartnerServesIsAskedForRights) {
  const absl::Status stranger = Draft(DraftOf(kTailspin)).status();
  EXPECT_EQ(ReasonOf(stranger), common::v1::RESOURCE_NOT_FOUND);
  Relate(kTailspin, support::kFabrikam);
  EXPECT_EQ(ToRpcStatus(Draft(DraftOf(kTailspin)).status()).SerializeAsString(),
            ToRpcStatus(stranger).SerializeAsString())
      << "whether it is somebody else's customer is nobody's business";
  const std::string draft = Drafted();
  const auto state = [&](const char* to) {
    database_.Run(absl::StrCat("UPDATE relationship.relationships SET state = '", to,
                               "' WHERE partner = 'partners/contoso'"));
  };
  state("SUSPENDED");
  EXPECT_EQ(ReasonOf(Draft(DraftOf()).status()), common::v1::RELATIONSHIP_INACTIVE);
  EXPECT_EQ(ReasonOf(Request(draft).status()), common::v1::RELATIONSHIP_INACTIVE);
  state("ACTIVE");
  const std::string pending = Pending();
  const std::string active = Active();
  ASSERT_TRUE(Remove(support::RemovalOf(relationship_), Anna()).ok());
  EXPECT_EQ(ReasonOf(Draft(DraftOf()).status()), common::v1::RELATIONSHIP_MISSING)
      << "the grant that is left shows the customer";
  EXPECT_EQ(ReasonOf(Request(draft).status()), common::v1::RELATIONSHIP_MISSING);
  EXPECT_EQ(ReasonOf(Approve(pending).status()), common::v1::RELATIONSHIP_INACTIVE);
  ASSERT_TRUE(Terminate(active).ok());
  EXPECT_EQ(ToRpcStatus(Draft(DraftOf()).status()).SerializeAsString(),
            ToRpcStatus(stranger).SerializeAsString());
  EXPECT_EQ(ReasonOf(Request(draft).status()), common::v1::RELATIONSHIP_MISSING);
  EXPECT_TRUE(Decline(pending).ok()) << "an answer that gives nothing needs nothing";
}

TEST_F(GrantsTest, ValidateOnlyMakesNothing) {
  CreateGrantRequest request = DraftOf();
  request.set_validate_only(true);
  const std::string before = WholeDatabase();
  const auto draft = Draft(request);
  ASSERT_TRUE(draft.ok()) << draft.status();
  EXPECT_EQ(draft->name(), "");
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(GrantsTest, ARequestLiesInTheCustomersInboxFor90Days) {
  const std::string name = Drafted();
  NewEvents();
  const auto pending = Request(name);
  ASSERT_TRUE(pending.ok()) << pending.status();
  EXPECT_EQ(pending->state(), Grant::APPROVAL_PENDING);
  EXPECT_EQ(pending->lapse_time().seconds() - pending->request_time().seconds(), 90 * kDay);
  EXPECT_THAT(NewEvents(), ElementsAre("grant.approval_requested partners/contoso",
                                       "grant.approval_requested customers/northwind"));
  EXPECT_EQ(NewestAudit(), "anna CREATED APPROVAL_PENDING");
  EXPECT_THAT(List(Carl(), kNorthwind, "state = APPROVAL_PENDING"), ElementsAre(name));
  EXPECT_EQ(Get(name, Carl())->SerializeAsString(), pending->SerializeAsString());
  EXPECT_FALSE(MayDo("user.manage"));
}

// The worker hands it over; that a mail comes of it is told in notices_test.cc.
TEST_F(GrantsTest, TheContactIsToldOfARequestWhereItsPartnerWants) {
  database_.Run("UPDATE directory.customers SET contact_email_address = 'ann@northwind.example'");
  const auto told = [&](bool notify) {
    auto request = OfGrant<RequestGrantApprovalRequest>(Drafted());
    request.set_notify_customer(notify);
    EXPECT_TRUE(Request(request).ok());
    NewEvents();
    const absl::Status swept = relationship::notices::SweepNotices(relationship_work_);
    EXPECT_TRUE(swept.ok()) << swept;
    return std::pair(request.name(), NewEvents());
  };
  EXPECT_THAT(told(false).second, IsEmpty());
  const auto [name, events] = told(true);
  EXPECT_THAT(events, ElementsAre("grant.request_notice_requested partners/contoso"));
  TellInvitation();
  EXPECT_EQ(database_.Value("SELECT concat_ws(' ', kind, resource, partner, customer, recipient)"
                            " FROM invitation.notices"),
            absl::StrCat("GRANT_APPROVAL_REQUESTED ", name,
                         " partners/contoso customers/northwind ann@northwind.example"));
  database_.Run("UPDATE directory.customers SET contact_email_address = ''");
  EXPECT_THAT(told(true).second, ElementsAre("grant.request_notice_skipped partners/contoso"));
  TellInvitation();
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.notices"), 1);
}

TEST_F(GrantsTest, OnlyOfItsOwnRequestAPartnerHasTheCustomerTold) {
  const std::string pending = Pending();
  const auto told = [&](const std::string& grant, const std::string& customer) {
    return database_
        .RunAs("relationship", kContoso,
               {absl::StrCat("INSERT INTO relationship.notices (partner, id, kind, resource,"
                             " customer) VALUES ('partners/contoso', '",
                             support::IdOf(grant), "', 'GRANT_APPROVAL_REQUESTED', '", grant,
                             "', '", customer, "')")})
        .sqlstate;
  };
  EXPECT_EQ(told(Drafted(), kNorthwind), "42501") << "the customer hears nothing of a draft";
  EXPECT_EQ(told(pending, kTailspin), "42501");
  EXPECT_EQ(told(absl::StrCat(kContoso, "/grants/", NewUuid()), kNorthwind), "42501");
  EXPECT_EQ(told(pending, kNorthwind), "");
}

TEST_F(GrantsTest, TheCustomerGivesAllOrLess) {
  const std::string whole = Pending();
  NewEvents();
  const auto all = Approve(whole);
  ASSERT_TRUE(all.ok()) << all.status();
  EXPECT_EQ(all->state(), Grant::ACTIVE);
  EXPECT_THAT(all->roles(), ElementsAre("user_admin", "license_admin"));
  EXPECT_EQ(all->end_time().seconds() - all->start_time().seconds(), 90 * kDay);
  EXPECT_EQ(all->end_time().nanos(), all->start_time().nanos());
  EXPECT_THAT(NewEvents(),
              ElementsAre("grant.approved partners/contoso", "grant.approved customers/northwind"));
  EXPECT_EQ(NewestAudit(), "carl APPROVAL_PENDING ACTIVE");
  EXPECT_TRUE(MayDo("user.manage"));
  ASSERT_TRUE(Terminate(whole).ok());

  CreateGrantRequest wish = DraftOf();
  wish.mutable_grant()->set_auto_extend(180);
  auto request = OfGrant<ApproveGrantRequest>(Pending(wish));
  request.add_roles("service_admin");
  EXPECT_EQ(ReasonOf(Approve(request).status()), common::v1::FIELD_INVALID);
  request.set_roles(0, "license_admin");
  request.set_duration_days(91);
  EXPECT_EQ(ReasonOf(Approve(request).status()), common::v1::FIELD_INVALID);
  request.set_duration_days(7);
  request.set_decline_auto_extend(true);
  EXPECT_EQ(ReasonOf(Approve(request, Bert()).status()), common::v1::RESOURCE_NOT_FOUND);
  const auto less = Approve(request);
  ASSERT_TRUE(less.ok()) << less.status();
  EXPECT_THAT(less->roles(), ElementsAre("license_admin"));
  EXPECT_EQ(less->duration_days(), 7);
  EXPECT_EQ(less->auto_extend(), 0);
  EXPECT_EQ(less->end_time().seconds() - less->start_time().seconds(), 7 * kDay);
  EXPECT_TRUE(MayDo("license.manage"));
  EXPECT_FALSE(MayDo("user.manage"));
}

TEST_F(GrantsTest, ARequestIsDeclinedByTheCustomerAndWithdrawnByThePartner) {
  auto decline = OfGrant<relationship::v1::DeclineGrantRequest>(Pending());
  decline.set_reason("Too much.");
  EXPECT_EQ(ReasonOf(Decline(decline, PrincipalOf(kTailspin, {"global_admin"})).status()),
            common::v1::RESOURCE_NOT_FOUND);
  NewEvents();
  const auto declined = Decline(decline);
  ASSERT_TRUE(declined.ok()) << declined.status();
  EXPECT_EQ(declined->state(), Grant::DECLINED);
  EXPECT_EQ(declined->end_cause(), "Too much.");
  EXPECT_THAT(NewEvents(),
              ElementsAre("grant.declined partners/contoso", "grant.declined customers/northwind"));
  EXPECT_EQ(NewestAudit(), "carl Too much. APPROVAL_PENDING DECLINED");

  auto withdraw = OfGrant<relationship::v1::WithdrawGrantRequest>(Pending());
  withdraw.set_reason("A mistake.");
  NewEvents();
  const auto withdrawn = Withdraw(withdraw);
  ASSERT_TRUE(withdrawn.ok()) << withdrawn.status();
  EXPECT_EQ(withdrawn->state(), Grant::WITHDRAWN);
  EXPECT_EQ(withdrawn->end_cause(), "A mistake.");
  EXPECT_THAT(NewEvents(), ElementsAre("grant.withdrawn partners/contoso",
                                       "grant.withdrawn customers/northwind"));
  EXPECT_EQ(Get(withdraw.name(), Carl())->state(), Grant::WITHDRAWN);
}

TEST_F(GrantsTest, EitherSideEndsItAndNothingRestsOnIt) {
  for (const Principal& ender : {Anna(), Carl()}) {
    auto request = OfGrant<TerminateGrantRequest>(Active());
    request.set_reason("We part.");
    EXPECT_TRUE(MayDo("user.manage"));
    EXPECT_EQ(ReasonOf(Terminate(request, Bert()).status()), common::v1::RESOURCE_NOT_FOUND);
    NewEvents();
    const auto ended = Terminate(request, ender);
    ASSERT_TRUE(ended.ok()) << ended.status();
    EXPECT_EQ(ended->state(), Grant::TERMINATED);
    EXPECT_EQ(ended->end_cause(), "We part.");
    EXPECT_EQ(Stored(request.name(), "end_time <= clock_timestamp()"), "t");
    EXPECT_FALSE(MayDo("user.manage"));
    EXPECT_THAT(NewEvents(), ElementsAre("grant.terminated partners/contoso",
                                         "grant.terminated customers/northwind"));
    EXPECT_EQ(NewestAudit(), absl::StrCat(ender.subject, " We part. ACTIVE TERMINATED"));
  }
}

TEST_F(GrantsTest, TheCustomerDropsRolesAndWithTheLastTheGrant) {
  auto request = OfGrant<DropGrantRolesRequest>(Active());
  request.add_roles("service_admin");
  EXPECT_EQ(ReasonOf(DropRoles(request).status()), common::v1::FIELD_INVALID);
  request.set_roles(0, "user_admin");
  NewEvents();
  const auto left = DropRoles(request);
  ASSERT_TRUE(left.ok()) << left.status();
  EXPECT_EQ(left->state(), Grant::ACTIVE);
  EXPECT_THAT(left->roles(), ElementsAre("license_admin"));
  EXPECT_THAT(NewEvents(), ElementsAre("grant.roles_dropped partners/contoso",
                                       "grant.roles_dropped customers/northwind"));
  EXPECT_FALSE(MayDo("user.manage"));
  EXPECT_TRUE(MayDo("license.manage"));
  request.set_roles(0, "license_admin");
  const auto ended = DropRoles(request);
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->state(), Grant::TERMINATED);
  EXPECT_EQ(ended->end_cause(), "roles dropped");
  EXPECT_THAT(ended->roles(), ElementsAre("license_admin")) << "what it held last";
  EXPECT_THAT(NewEvents(), ElementsAre("grant.terminated partners/contoso",
                                       "grant.terminated customers/northwind"));
  EXPECT_FALSE(MayDo("license.manage"));
}

TEST_F(GrantsTest, ASuspendedPartnersRequestIsNotApprovedButDeclinedAndItsGrantsEnded) {
  const std::string active = Active();
  const std::string pending = Pending();
  Suspend(kContoso);
  EXPECT_EQ(ReasonOf(Approve(pending).status()), common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(ReasonOf(Draft(DraftOf()).status()), common::v1::PARTNER_SUSPENDED);
  EXPECT_TRUE(Decline(pending).ok());
  EXPECT_TRUE(Terminate(active).ok());
}

TEST_F(GrantsTest, EveryChangeTakesAnEtagAndARequestId) {
  auto request = OfGrant<ApproveGrantRequest>(Pending());
  request.set_etag("stale");
  EXPECT_EQ(ReasonOf(Approve(request).status()), common::v1::ETAG_MISMATCH);
  request.set_etag(Get(request.name())->etag());
  request.set_request_id(NewUuid());
  const auto first = Approve(request);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string before = WholeDatabase();
  EXPECT_EQ(Approve(request)->SerializeAsString(), first->SerializeAsString());
  request.set_duration_days(1);
  EXPECT_EQ(ReasonOf(Approve(request).status()), common::v1::REQUEST_ID_REUSED);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(GrantsTest, AListIsFilteredByWhatHoldsByTheClock) {
  const std::string draft = Drafted();
  const std::string lapsed = Pending();
  Force(lapsed, "lapse_time = now()");
  const std::string expired = Active();
  Force(expired, "start_time = now() - interval '9 days', end_time = now()");
  CreateGrantRequest wish = DraftOf();
  wish.mutable_grant()->mutable_roles()->Clear();
  wish.mutable_grant()->add_roles("directory_reader");
  const std::string reading = Active(wish);
  EXPECT_THAT(List(Anna(), kContoso), ElementsAre(reading, expired, lapsed, draft));
  EXPECT_THAT(List(Carl(), kNorthwind), ElementsAre(reading, expired, lapsed));
  EXPECT_THAT(List(Anna(), kContoso, "state = CREATED"), ElementsAre(draft));
  EXPECT_THAT(List(Anna(), kContoso, "state = LAPSED"), ElementsAre(lapsed));
  EXPECT_THAT(List(Anna(), kContoso, "state = EXPIRED"), ElementsAre(expired));
  EXPECT_THAT(List(Anna(), kContoso, "state = ACTIVE"), ElementsAre(reading));
  EXPECT_THAT(List(Anna(), kContoso, "state = APPROVAL_PENDING"), IsEmpty());
  EXPECT_THAT(List(Anna(), kContoso, "roles = directory_reader"), ElementsAre(reading));
  EXPECT_THAT(List(Anna(), kContoso, "customer = customers/tailspin"), IsEmpty());
  const std::string soon = database_.Value(
      "SELECT to_char(now() AT TIME ZONE 'UTC' + interval '100 days',"
      " 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"')");
  EXPECT_THAT(List(Anna(), kContoso, absl::StrCat("state = ACTIVE end_time < \"", soon, "\"")),
              ElementsAre(reading));
  EXPECT_THAT(List(Bert(), kContoso), IsEmpty()) << "the rows decide";
}

}  // namespace
}  // namespace partnerlink::grants_test
