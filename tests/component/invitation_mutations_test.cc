// What every mutation of the Invitation service leaves behind, and what a repeated one does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/invitation/invitations/expiry.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/link/token.h"
#include "services/invitation/redemptions/handlers.h"
#include "tests/support/invitation_fixture.h"
#include "tests/support/race.h"

namespace partnerlink::invitation::invitation_mutations_test {
namespace {

using support::AcceptanceOf;
using support::Anna;
using support::CallOf;
using support::Customer;
using support::IdOf;
using support::kContoso;
using support::TestCall;
using testing::HasSubstr;

class InvitationMutationsTest : public support::InvitationTest {
 protected:
  absl::StatusOr<v1::Invitation> Issue(const std::string& name, const std::string& etag = "",
                                       const std::string& request_id = "") {
    v1::IssueInvitationRequest request;
    request.set_name(name);
    request.set_etag(etag);
    request.set_request_id(request_id);
    const TestCall call = CallOf("IssueInvitation", Anna());
    return invitations::IssueInvitation(call.context, deps_, request);
  }

  absl::StatusOr<v1::Invitation> Rename(const std::string& name, const std::string& etag = "",
                                        const std::string& request_id = "") {
    v1::UpdateInvitationRequest request;
    request.mutable_invitation()->set_name(name);
    request.mutable_invitation()->set_etag(etag);
    request.mutable_invitation()->set_subject("Another subject");
    request.set_request_id(request_id);
    const TestCall call = CallOf("UpdateInvitation", Anna());
    return invitations::UpdateInvitation(call.context, deps_, request);
  }

  absl::Status Delete(const std::string& name, const std::string& etag = "",
                      const std::string& request_id = "") {
    v1::DeleteInvitationRequest request;
    request.set_name(name);
    request.set_etag(etag);
    request.set_request_id(request_id);
    const TestCall call = CallOf("DeleteInvitation", Anna());
    return invitations::DeleteInvitation(call.context, deps_, request).status();
  }

  // How many audit and outbox rows `run` adds; they must be as many of each.
  int RowsLeftBy(const std::function<absl::Status()>& run) {
    const int audited = AuditRows();
    const int events = OutboxRows();
    const absl::Status status = run();
    EXPECT_TRUE(status.ok()) << status;
    EXPECT_EQ(AuditRows() - audited, OutboxRows() - events);
    return AuditRows() - audited;
  }

  v1::CreateInvitationRequest CreateRequest(const std::string& request_id = "") {
    v1::CreateInvitationRequest request;
    request.set_parent(kContoso);
    request.mutable_invitation()->set_note("We met.");
    request.set_request_id(request_id);
    return request;
  }
};

TEST_F(InvitationMutationsTest, EveryOneLeavesOneAuditRowAndOneEvent) {
  v1::Invitation first = Draft();
  const v1::Invitation second = Issued();
  const v1::Invitation third = Issued();
  const v1::Invitation fourth = Draft();
  EXPECT_EQ(RowsLeftBy([&] { return Create(CreateRequest()).status(); }), 1);
  EXPECT_EQ(RowsLeftBy([&] { return Rename(first.name()).status(); }), 1);
  EXPECT_EQ(RowsLeftBy([&] { return Issue(first.name()).status(); }), 1);
  EXPECT_EQ(RowsLeftBy([&] { return Revoke(first.name()).status(); }), 1);
  const std::string token = TokenOf(second);
  EXPECT_EQ(RowsLeftBy([&] { return Accept(Customer("northwind"), token).status(); }), 1);
  EXPECT_EQ(RowsLeftBy([&] { return Accept(Customer("northwind"), token).status(); }), 0)
      << "the same redemption again";
  const std::string declined = TokenOf(third);
  EXPECT_EQ(RowsLeftBy([&] { return Decline(Customer("northwind"), declined).status(); }), 1);
  EXPECT_EQ(RowsLeftBy([&] { return Decline(Customer("northwind"), declined).status(); }), 0);
  EXPECT_EQ(RowsLeftBy([&] { return Delete(fourth.name()); }), 1);
  v1::CreateInvitationRequest both = CreateRequest();
  both.set_issue(true);
  EXPECT_EQ(RowsLeftBy([&] { return Create(both).status(); }), 2) << "created and issued";
}

TEST_F(InvitationMutationsTest, ExpiryLeavesOneOfEachToo) {
  for (int i = 0; i < 3; ++i) Issued();
  database_.Run("UPDATE invitation.invitations SET expire_time = clock_timestamp()");
  EXPECT_EQ(RowsLeftBy([&] { return invitations::SweepExpired(work_pool_); }), 3);
  EXPECT_EQ(RowsLeftBy([&] { return invitations::SweepExpired(work_pool_); }), 0);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.invitations WHERE state = 'EXPIRED'"),
            3);
}

TEST_F(InvitationMutationsTest, StateAuditAndEventCommitTogether) {
  const v1::Invitation issued = Issued();
  ASSERT_TRUE(Accept(Customer("northwind"), TokenOf(issued), NewUuid()).ok());
  EXPECT_EQ(database_.Count(
                R"sql(SELECT count(DISTINCT transaction) FROM (
                  SELECT xmin::text FROM invitation.invitations UNION ALL
                  SELECT xmin::text FROM invitation.redemptions UNION ALL
                  SELECT xmin::text FROM invitation.redemption_relationships UNION ALL
                  SELECT xmin::text FROM common.request_ids UNION ALL
                  SELECT xmin::text FROM common.audit_entries WHERE method LIKE '%Accept%' UNION ALL
                  SELECT xmin::text FROM common.outbox WHERE event = 'invitation.accepted'
                ) AS rows (transaction))sql"),
            1);
}

TEST_F(InvitationMutationsTest, TheAuditRowSaysWhoDidWhatToWhose) {
  const v1::Invitation issued = Issued();
  ASSERT_TRUE(Accept(Customer("northwind"), TokenOf(issued)).ok());
  const pqxx::result rows = database_.Run(
      R"sql(SELECT account, actor, actor_account, actor_roles::text, service, method, decision,
              before ->> 'state', after ->> 'customer', request_id <> ''
            FROM common.audit_entries WHERE method LIKE '%/AcceptInvitation')sql");
  ASSERT_EQ(rows.size(), 1u);
  const std::vector<std::string> expected = {
      kContoso,
      "carl@northwind",
      "customers/northwind",
      "{global_admin}",
      "invitation",
      "partnerlink.invitation.v1.InvitationService/AcceptInvitation",
      "ALLOWED",
      "PENDING",
      "customers/northwind",
      "t"};
  for (size_t i = 0; i < expected.size(); ++i) {
    EXPECT_EQ(rows[0][static_cast<int>(i)].as<std::string>(), expected[i]);
  }
}

TEST_F(InvitationMutationsTest, ARefusedOneLeavesNothing) {
  const v1::Invitation issued = Issued();
  const std::string token = TokenOf(issued);
  ASSERT_TRUE(Accept(Customer("northwind"), token).ok());
  const int audited = AuditRows();
  const int events = OutboxRows();
  const std::string id = NewUuid();
  EXPECT_FALSE(Accept(Customer("tailspin"), token, id).ok());
  EXPECT_FALSE(Decline(Customer("tailspin"), token, id).ok());
  EXPECT_FALSE(Revoke(issued.name(), id).ok());
  EXPECT_FALSE(Issue(issued.name(), "", id).ok());
  EXPECT_FALSE(Rename(issued.name(), "", id).ok());
  EXPECT_FALSE(Delete(issued.name(), "", id).ok());
  EXPECT_EQ(AuditRows(), audited);
  EXPECT_EQ(OutboxRows(), events);
  EXPECT_EQ(RequestIds(), 0);
}

TEST_F(InvitationMutationsTest, ValidateOnlyChangesNothing) {
  v1::CreateInvitationRequest request = CreateRequest(NewUuid());
  request.set_validate_only(true);
  request.set_issue(true);
  const auto answer = Create(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->name(), "");
  EXPECT_EQ(answer->state(), v1::Invitation::PENDING);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.invitations"), 0);
  EXPECT_EQ(AuditRows() + OutboxRows() + RequestIds(), 0);
  request.set_validate_only(false);
  EXPECT_TRUE(Create(request).ok()) << "the request id was not used up";
}

TEST_F(InvitationMutationsTest, ACreationAnswersWhatIsStored) {
  v1::CreateInvitationRequest request = CreateRequest(NewUuid());
  // What is not a caller's to write.
  v1::Invitation& invitation = *request.mutable_invitation();
  invitation.set_name("partners/fabrikam/invitations/1");
  invitation.set_state(v1::Invitation::ACCEPTED);
  invitation.set_use_count(1);
  invitation.set_creator("nobody");
  invitation.mutable_create_time()->set_seconds(1);
  invitation.mutable_issue_time()->set_seconds(1);
  invitation.set_etag("r7");
  const auto created = Create(request);
  ASSERT_TRUE(created.ok()) << created.status();
  v1::GetInvitationRequest get;
  get.set_name(created->name());
  const TestCall call = CallOf("GetInvitation", support::PrincipalOf(kContoso, {"admin_agent"}));
  const auto stored = invitations::GetInvitation(call.context, deps_, get);
  ASSERT_TRUE(stored.ok()) << stored.status();
  EXPECT_EQ(created->DebugString(), stored->DebugString());
  EXPECT_EQ(created->state(), v1::Invitation::DRAFT);
}

TEST_F(InvitationMutationsTest, TheSameRequestIdGivesTheSameAnswerAndOneEffect) {
  const std::string id = NewUuid();
  const auto first = Create(CreateRequest(id));
  ASSERT_TRUE(first.ok()) << first.status();
  // The answer is the first one even where the row has changed since.
  ASSERT_TRUE(Rename(first->name()).ok());
  const auto second = Create(CreateRequest(id));
  ASSERT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(second->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.invitations"), 1);
  EXPECT_EQ(RequestIds(), 1);
}

TEST_F(InvitationMutationsTest, ARepeatedCallNamesTheSameChange) {
  const std::string token = TokenOf(Issued());
  v1::AcceptInvitationRequest request = AcceptanceOf(token);
  request.set_request_id(NewUuid());
  const TestCall first = CallOf("AcceptInvitation", Customer("northwind"));
  ASSERT_TRUE(redemptions::AcceptInvitation(first.context, deps_, request).ok());
  const TestCall again = CallOf("AcceptInvitation", Customer("northwind"));
  ASSERT_TRUE(redemptions::AcceptInvitation(again.context, deps_, request).ok());
  EXPECT_NE(first.outcome.root_event, "");
  EXPECT_EQ(again.outcome.root_event, first.outcome.root_event)
      << "its consistency token must do as much as the lost one";
}

TEST_F(InvitationMutationsTest, EveryMutationTakesARequestId) {
  const v1::Invitation draft = Draft();
  const v1::Invitation declined = Issued();
  const v1::Invitation accepted = Issued();
  const v1::Invitation deleted = Draft();
  const std::string to_decline = TokenOf(declined);
  const std::string to_accept = TokenOf(accepted);
  const auto twice = [&](const char* name, const auto& run) {
    const std::string id = NewUuid();
    const absl::Status first = run(id);
    EXPECT_TRUE(first.ok()) << name << first;
    const int rows = AuditRows();
    const absl::Status second = run(id);
    EXPECT_TRUE(second.ok()) << name << second;
    EXPECT_EQ(AuditRows(), rows) << name;
  };
  twice("update", [&](auto id) { return Rename(draft.name(), "", id).status(); });
  twice("issue", [&](auto id) { return Issue(draft.name(), "", id).status(); });
  twice("revoke", [&](auto id) { return Revoke(draft.name(), id).status(); });
  twice("delete", [&](auto id) { return Delete(deleted.name(), "", id); });
  twice("accept", [&](auto id) { return Accept(Customer("nw1"), to_accept, id).status(); });
  twice("decline", [&](auto id) { return Decline(Customer("nw1"), to_decline, id).status(); });
}

TEST_F(InvitationMutationsTest, TheSameRequestIdWithAnotherBodyIsRefused) {
  const std::string id = NewUuid();
  ASSERT_TRUE(Create(CreateRequest(id)).ok());
  v1::CreateInvitationRequest other = CreateRequest(id);
  other.mutable_invitation()->set_note("We met again.");
  const auto refused = Create(other);
  EXPECT_EQ(ReasonOf(refused.status()), common::v1::REQUEST_ID_REUSED) << refused.status();
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.invitations"), 1);
}

TEST_F(InvitationMutationsTest, ARequestIdBelongsToItsCallerAndMethod) {
  const std::string id = NewUuid();
  const auto first = Create(CreateRequest(id));
  const TestCall call =
      CallOf("CreateInvitation", support::PrincipalOf(kContoso, {"admin_agent"}, "bert"));
  const auto second = invitations::CreateInvitation(call.context, deps_, CreateRequest(id));
  ASSERT_TRUE(first.ok() && second.ok()) << second.status();
  EXPECT_NE(first->name(), second->name());
  EXPECT_TRUE(Issue(first->name(), "", id).ok());
}

TEST_F(InvitationMutationsTest, AFailedCallLeavesItsRequestIdFree) {
  const std::string id = NewUuid();
  database_.Run("UPDATE relationship.partners SET state = 'SUSPENDED'");
  EXPECT_EQ(ReasonOf(Create(CreateRequest(id)).status()), common::v1::PARTNER_SUSPENDED);
  EXPECT_EQ(RequestIds(), 0);
  database_.Run("UPDATE relationship.partners SET state = 'ACTIVE'");
  EXPECT_TRUE(Create(CreateRequest(id)).ok());
}

TEST_F(InvitationMutationsTest, RacingCallsWithOneRequestIdHaveOneEffect) {
  const std::string id = NewUuid();
  absl::Mutex mutex;
  std::set<std::string> answers;
  support::Race(8, [&](int) {
    const auto answer = Create(CreateRequest(id));
    EXPECT_TRUE(answer.ok()) << answer.status();
    absl::MutexLock lock(&mutex);
    answers.insert(answer.value_or(v1::Invitation()).SerializeAsString());
  });
  EXPECT_EQ(answers.size(), 1u);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM invitation.invitations"), 1);
  EXPECT_EQ(AuditRows(), 1);
}

// The losers find the invitation revoked: by their own call.
TEST_F(InvitationMutationsTest, ARaceWithOneRequestIdIsNotRefusedForWhatItHasDoneItself) {
  const v1::Invitation issued = Issued();
  const std::string id = NewUuid();
  absl::Mutex mutex;
  std::set<std::string> answers;
  support::Race(8, [&](int) {
    const auto answer = Revoke(issued.name(), id);
    EXPECT_TRUE(answer.ok()) << answer.status();
    absl::MutexLock lock(&mutex);
    answers.insert(answer.value_or(v1::Invitation()).SerializeAsString());
  });
  EXPECT_EQ(answers.size(), 1u);
  EXPECT_EQ(Revoke(issued.name(), NewUuid()).status().code(), absl::StatusCode::kFailedPrecondition)
      << "another call is";
}

TEST_F(InvitationMutationsTest, AStaleEtagIsRefusedAndChangesNothing) {
  const v1::Invitation draft = Draft();
  ASSERT_TRUE(Rename(draft.name()).ok());
  const std::string row = "SELECT i::text || xmin FROM invitation.invitations i";
  const std::string before = database_.Value(row);
  for (const absl::Status& refused :
       {Rename(draft.name(), draft.etag()).status(), Issue(draft.name(), draft.etag()).status(),
        Delete(draft.name(), draft.etag()), Delete(draft.name(), "nonsense")}) {
    EXPECT_EQ(ReasonOf(refused), common::v1::ETAG_MISMATCH) << refused;
    EXPECT_EQ(refused.code(), absl::StatusCode::kAborted);
  }
  EXPECT_EQ(database_.Value(row), before);
}

TEST_F(InvitationMutationsTest, ThePresentEtagIsTaken) {
  v1::Invitation draft = Draft();
  for (int i = 0; i < 3; ++i) {
    const auto renamed = Rename(draft.name(), draft.etag());
    ASSERT_TRUE(renamed.ok()) << renamed.status();
    EXPECT_NE(renamed->etag(), draft.etag());
    draft = *renamed;
  }
  EXPECT_TRUE(Issue(draft.name(), draft.etag()).ok());
}

TEST_F(InvitationMutationsTest, AnEqualOpenInvitationIsNamedUnderARaceToo) {
  v1::CreateInvitationRequest request = CreateRequest();
  request.set_issue(true);
  request.mutable_invitation()->mutable_customer_hint()->set_account("customers/northwind");
  absl::Mutex mutex;
  std::vector<absl::Status> refused;
  std::string winner;
  support::Race(8, [&](int) {
    const auto answer = Create(request);
    absl::MutexLock lock(&mutex);
    if (answer.ok()) winner = answer->name();
    if (!answer.ok()) refused.push_back(answer.status());
  });
  ASSERT_EQ(refused.size(), 7u);
  for (const absl::Status& status : refused) {
    EXPECT_EQ(ReasonOf(status), common::v1::INVITATION_EXISTS) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(winner));
  }
}

TEST_F(InvitationMutationsTest, AnExpiredInvitationNeverBlocksANewOne) {
  v1::CreateInvitationRequest request = CreateRequest();
  request.set_issue(true);
  request.mutable_invitation()->mutable_customer_hint()->set_account("customers/northwind");
  const auto first = Create(request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(ReasonOf(Create(request).status()), common::v1::INVITATION_EXISTS);
  ExpireIn(first->name(), -1);
  const auto second = Create(request);
  EXPECT_TRUE(second.ok()) << second.status();
  EXPECT_EQ(StoredState(first->name()), "EXPIRED");
}

TEST_F(InvitationMutationsTest, NoTokenIsEverStored) {
  v1::CreateInvitationRequest request = CreateRequest(NewUuid());
  request.set_issue(true);
  const auto issued = Create(request);
  ASSERT_TRUE(issued.ok());
  const std::string token = TokenOf(*issued);
  ASSERT_TRUE(Lookup(token).ok());
  ASSERT_TRUE(Accept(Customer("northwind"), token, NewUuid()).ok());
  const auto secret = link::ParseToken(token)->secret;
  const std::string hex = absl::BytesToHexString(std::string(secret.begin(), secret.end()));
  const pqxx::result tables = database_.Run(
      R"sql(SELECT c.oid::regclass::text FROM pg_class c JOIN pg_namespace n ON n.oid = relnamespace
            WHERE relkind = 'r' AND nspname IN ('common', 'invitation', 'relationship', 'directory')
         )sql");
  ASSERT_GT(tables.size(), 10u);
  for (const pqxx::row& table : tables) {
    for (const std::string& needle : {token, token.substr(30), hex}) {
      EXPECT_EQ(database_.Count(absl::StrCat("SELECT count(*) FROM ", table[0].as<std::string>(),
                                             " t WHERE to_jsonb(t)::text LIKE '%", needle, "%'")),
                0)
          << table[0].as<std::string>();
    }
  }
}

}  // namespace
}  // namespace partnerlink::invitation::invitation_mutations_test
