// SuspendPartner and ResumePartner: a suspended partner's every call is refused, in every service,
// whether it reads or writes, from the answer on.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/identifier/uuid.h"
#include "common/postgres/transact.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/orders/handlers.h"
#include "services/invitation/invitations/handlers.h"
#include "services/relationship/access/handlers.h"
#include "services/relationship/partners/handlers.h"
#include "services/relationship/relationships/handlers.h"
#include "tests/component/relationship_fixture.h"

namespace partnerlink::suspension_test {
namespace {

using support::Anna;
using support::CallOf;
using support::DirectoryCall;
using support::kContoso;
using support::kFabrikam;
using support::kNorthwind;
using support::PrincipalOf;
using support::RelationshipCall;
using support::TestCall;
using testing::ElementsAre;

class SuspensionTest : public support::RelationshipTest {
 protected:
  template <typename Request>
  static Request Naming(const std::string& name, const std::string& reason) {
    Request request;
    request.set_name(name);
    request.set_reason(reason);
    return request;
  }
  static relationship::v1::SuspendPartnerRequest Suspension(const std::string& name = kContoso) {
    return Naming<relationship::v1::SuspendPartnerRequest>(name, "fraud");
  }

  absl::StatusOr<relationship::v1::Partner> SuspendIt(
      const relationship::v1::SuspendPartnerRequest& request = Suspension()) {
    PARTNERLINK_RETURN_IF_ERROR(relationship::partners::ValidateSuspendPartner(request));
    const TestCall call =
        RelationshipCall("SuspendPartner", PrincipalOf("operators", {"operator"}, "olga"));
    return relationship::partners::SuspendPartner(call.context, relationship_deps_, request);
  }

  absl::StatusOr<relationship::v1::Partner> ResumeIt(const std::string& name = kContoso) {
    const auto request = Naming<relationship::v1::ResumePartnerRequest>(name, "cleared");
    PARTNERLINK_RETURN_IF_ERROR(relationship::partners::ValidateResumePartner(request));
    const TestCall call =
        RelationshipCall("ResumePartner", PrincipalOf("operators", {"operator"}, "olga"));
    return relationship::partners::ResumePartner(call.context, relationship_deps_, request);
  }

  // A read and a write of each service as anna; what each is answered.
  std::vector<std::pair<std::string, absl::Status>> AskEverywhere(const std::string& invitation,
                                                                  const std::string& edge,
                                                                  absl::Duration left) {
    std::vector<std::pair<std::string, absl::Status>> answers;
    const auto ask = [&](TestCall&& call, auto&& handler, const auto& deps, const auto& request) {
      call.context.deadline = absl::Now() + left;
      answers.emplace_back(call.context.method, handler(call.context, deps, request).status());
    };
    relationship::v1::GetPartnerRequest itself;
    itself.set_name(kContoso);
    ask(RelationshipCall("GetPartner", Anna()), relationship::partners::GetPartner,
        relationship_deps_, itself);
    ask(RelationshipCall("GetAttestationText", Anna()),
        relationship::relationships::GetAttestationText, relationship_deps_,
        relationship::v1::GetAttestationTextRequest());
    ask(RelationshipCall("RemoveRelationship", Anna()),
        relationship::relationships::RemoveRelationship, relationship_deps_,
        support::RemovalOf(edge));
    invitation::v1::GetInvitationRequest get;
    get.set_name(invitation);
    ask(CallOf("GetInvitation", Anna()), invitation::invitations::GetInvitation, deps_, get);
    invitation::v1::CreateInvitationRequest create;
    create.set_parent(kContoso);
    ask(CallOf("CreateInvitation", Anna()), invitation::invitations::CreateInvitation, deps_,
        create);
    directory::v1::ListCustomersRequest list;
    list.set_parent(kContoso);
    ask(DirectoryCall("ListCustomers", Anna()), directory::customers::ListCustomers,
        directory_deps_, list);
    directory::v1::SetCustomerLabelsRequest labels;
    labels.set_name(absl::StrCat(kContoso, "/", kNorthwind));
    labels.set_correlation_id("C-1");
    ask(DirectoryCall("SetCustomerLabels", Anna()), directory::customers::SetCustomerLabels,
        directory_deps_, labels);
    return answers;
  }
};

TEST_F(SuspensionTest, EveryCallOfASuspendedPartnerIsRefusedAndChangesNothing) {
  const std::string edge = Relate(kNorthwind, kContoso);
  const std::string invitation = Draft().name();
  // With little time left the hot reads go another way.
  const std::vector<absl::Duration> times = {absl::Seconds(10), absl::Seconds(2)};
  ASSERT_TRUE(SuspendIt().ok());
  const std::string before = WholeDatabase();
  for (const absl::Duration left : times) {
    for (const auto& [method, answer] : AskEverywhere(invitation, edge, left)) {
      EXPECT_EQ(ReasonOf(answer), common::v1::PARTNER_SUSPENDED) << method << answer;
      EXPECT_EQ(answer.code(), absl::StatusCode::kFailedPrecondition) << method;
    }
  }
  EXPECT_EQ(WholeDatabase(), before);
  ASSERT_TRUE(ResumeIt().ok());
  for (const auto& [method, answer] : AskEverywhere(invitation, edge, absl::Seconds(10))) {
    EXPECT_TRUE(answer.ok()) << method << answer;
  }
}

// Where nothing but the account's standing says that it is suspended, that is enough; and the
// control: where no transaction asks for it, every call goes through, and writes.
TEST_F(SuspensionTest, ControlWhereNoTransactionAsksEveryCallGoesThrough) {
  const std::string edge = Relate(kNorthwind, kContoso);
  const std::string invitation = Draft().name();
  database_.Run("INSERT INTO common.suspended_accounts (account) VALUES ('partners/contoso')");
  const std::string before = WholeDatabase();
  for (const auto& [method, answer] : AskEverywhere(invitation, edge, absl::Seconds(10))) {
    EXPECT_EQ(ReasonOf(answer), common::v1::PARTNER_SUSPENDED) << method << answer;
  }
  EXPECT_TRUE(WholeDatabase() == before);
  database_.Run(
      "CREATE OR REPLACE FUNCTION common.acting(account text) RETURNS text"
      " LANGUAGE sql STABLE SECURITY DEFINER RETURN account");
  for (const auto& [method, answer] : AskEverywhere(invitation, edge, absl::Seconds(10))) {
    EXPECT_TRUE(answer.ok()) << method << answer;
  }
  EXPECT_FALSE(WholeDatabase() == before);
}

TEST_F(SuspensionTest, OthersAreNotConcerned) {
  const std::string edge = Relate(kNorthwind, kFabrikam);
  ASSERT_TRUE(SuspendIt().ok());
  relationship::v1::GetRelationshipRequest get;
  get.set_name(edge);
  for (const Principal& reader :
       {support::Bert(), support::Customer("northwind"), PrincipalOf("operators", {"operator"})}) {
    const TestCall call = RelationshipCall("GetRelationship", reader);
    EXPECT_TRUE(
        relationship::relationships::GetRelationship(call.context, relationship_deps_, get).ok())
        << reader.account;
  }
}

TEST_F(SuspensionTest, AQuestionAboutAccessIsAnsweredWithTheReason) {
  Relate(kNorthwind, kContoso);
  ASSERT_TRUE(SuspendIt().ok());
  relationship::v1::CheckAccessRequest request;
  request.set_permission("customer.view");
  request.set_customer(kNorthwind);
  for (const absl::Duration left : {absl::Seconds(10), absl::Seconds(2)}) {
    TestCall call = RelationshipCall("CheckAccess", Anna());
    call.context.deadline = absl::Now() + left;
    const auto answer =
        relationship::access::CheckAccess(call.context, relationship_deps_, request);
    ASSERT_TRUE(answer.ok()) << answer.status();
    EXPECT_FALSE(answer->allowed());
    EXPECT_EQ(answer->reason(), common::v1::PARTNER_SUSPENDED);
  }
}

// The promise behind "from the answer on": who suspends waits for what the partner is writing, and
// gives up where that takes too long.
TEST_F(SuspensionTest, NoWriteIsUnderWayWhenItIsAnswered) {
  const postgres::Scope scope{kContoso, absl::Now() + absl::Seconds(10)};
  const absl::Status written =
      postgres::TransactStatus(pool_, scope, [&](postgres::Transaction& transaction) {
        transaction.Run("SELECT 1");
        EXPECT_EQ(ReasonOf(SuspendIt().status()), common::v1::CONFLICT);
        return absl::OkStatus();
      });
  EXPECT_TRUE(written.ok()) << written;
  EXPECT_TRUE(SuspendIt().ok());
  // A read does not hold it up.
  ASSERT_TRUE(ResumeIt().ok());
  const postgres::Scope reading{kContoso, absl::Now() + absl::Seconds(10),
                                postgres::Access::kReadOnly};
  const absl::Status read =
      postgres::TransactStatus(pool_, reading, [&](postgres::Transaction& transaction) {
        transaction.Run("SELECT 1");
        EXPECT_TRUE(SuspendIt().ok());
        return absl::OkStatus();
      });
  EXPECT_TRUE(read.ok()) << read;
}

// The control: a partner that writes without its lock is suspended meanwhile, and writes on.
TEST_F(SuspensionTest, ControlWithoutTheLockAWriteIsUnderWayWhenItIsAnswered) {
  database_.Run(
      "CREATE OR REPLACE FUNCTION common.acting_to_write(account text) RETURNS text"
      " LANGUAGE sql VOLATILE SECURITY DEFINER RETURN common.acting(account)");
  const postgres::Scope scope{kContoso, absl::Now() + absl::Seconds(10)};
  const absl::Status written =
      postgres::TransactStatus(pool_, scope, [&](postgres::Transaction& transaction) {
        transaction.Run("SELECT 1");
        EXPECT_TRUE(SuspendIt().ok());
        return absl::OkStatus();
      });
  EXPECT_TRUE(written.ok()) << written;
}

TEST_F(SuspensionTest, EachChangesTheStateItIsForAndNoOther) {
  EXPECT_EQ(ReasonOf(ResumeIt().status()), common::v1::STATE_TRANSITION);
  const auto suspended = SuspendIt();
  ASSERT_TRUE(suspended.ok()) << suspended.status();
  EXPECT_EQ(suspended->state(), relationship::v1::Partner::SUSPENDED);
  EXPECT_EQ(ReasonOf(SuspendIt().status()), common::v1::STATE_TRANSITION);
  const auto resumed = ResumeIt();
  ASSERT_TRUE(resumed.ok()) << resumed.status();
  EXPECT_EQ(resumed->state(), relationship::v1::Partner::ACTIVE);
  EXPECT_EQ(ReasonOf(SuspendIt(Suspension("partners/nobody")).status()),
            common::v1::RESOURCE_NOT_FOUND);
}

TEST_F(SuspensionTest, TakesTheEtagAndARequestIdLikeEveryChange) {
  auto request = Suspension();
  request.set_etag("stale");
  request.set_request_id(NewUuid());
  EXPECT_EQ(ReasonOf(SuspendIt(request).status()), common::v1::ETAG_MISMATCH);
  request.clear_etag();
  const auto first = SuspendIt(request);
  ASSERT_TRUE(first.ok()) << first.status();
  const std::string before = WholeDatabase();
  EXPECT_EQ(SuspendIt(request)->SerializeAsString(), first->SerializeAsString());
  request.set_reason("another");
  EXPECT_EQ(ReasonOf(SuspendIt(request).status()), common::v1::REQUEST_ID_REUSED);
  EXPECT_EQ(WholeDatabase(), before);
}

TEST_F(SuspensionTest, ABadShapeIsRefused) {
  EXPECT_EQ(ReasonOf(SuspendIt(Suspension("customers/x")).status()), common::v1::FIELD_INVALID);
  auto request = Suspension();
  request.set_reason(std::string(301, 'x'));
  EXPECT_EQ(ReasonOf(SuspendIt(request).status()), common::v1::FIELD_INVALID);
  EXPECT_EQ(ReasonOf(ResumeIt("*").status()), common::v1::FIELD_INVALID);
}

TEST_F(SuspensionTest, LeavesOneAuditRowWithTheReasonAndOneEvent) {
  NewEvents();
  const int audited = AuditRows();
  ASSERT_TRUE(SuspendIt().ok());
  ASSERT_TRUE(ResumeIt().ok());
  EXPECT_THAT(NewEvents(), ElementsAre("partner.suspended partners/contoso",
                                       "partner.resumed partners/contoso"));
  EXPECT_EQ(AuditRows() - audited, 2);
  EXPECT_EQ(database_.Count("SELECT count(*) FROM common.audit_entries WHERE actor = 'olga' AND"
                            " cause = 'fraud' AND before ->> 'state' = 'ACTIVE' AND"
                            " after ->> 'state' = 'SUSPENDED'"),
            1);
}

}  // namespace
}  // namespace partnerlink::suspension_test
