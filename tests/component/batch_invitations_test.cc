// BatchCreateInvitations: an outcome per row, and what a repeated call does.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/invitation/invitations/handlers.h"
#include "tests/support/invitation_fixture.h"

namespace partnerlink::invitation::batch_invitations_test {
namespace {

using support::Anna;
using support::CallOf;
using support::kContoso;
using support::kFabrikam;
using support::TestCall;
using v1::BatchCreateInvitationsRequest;
using v1::BatchCreateInvitationsResponse;

class BatchInvitationsTest : public support::InvitationTest {
 protected:
  absl::StatusOr<BatchCreateInvitationsResponse> CreateAll(
      const BatchCreateInvitationsRequest& request, absl::Time deadline = absl::InfiniteFuture()) {
    PARTNERLINK_RETURN_IF_ERROR(invitations::ValidateBatchCreateInvitations(request));
    TestCall call = CallOf("BatchCreateInvitations", Anna());
    call.context.deadline = deadline;
    return invitations::BatchCreateInvitations(call.context, deps_, request);
  }

  // So many rows without hints.
  BatchCreateInvitationsRequest Rows(int count, const std::string& request_id = "") {
    BatchCreateInvitationsRequest request;
    request.set_parent(kContoso);
    request.set_request_id(request_id);
    for (int i = 0; i < count; ++i) {
      auto& row = *request.add_requests();
      row.mutable_invitation()->mutable_customer_hint()->set_company_name(absl::StrCat("C", i));
      row.set_issue(true);
    }
    return request;
  }

  int Made() { return database_.Count("SELECT count(*) FROM invitation.invitations"); }

  static std::optional<ErrorReason> Reason(const BatchCreateInvitationsResponse::Result& result) {
    return ReasonOf(FromRpcStatus(result.status()));
  }
};

TEST_F(BatchInvitationsTest, EachRowHasItsOutcomeInOrderAndNoneUndoesAnother) {
  BatchCreateInvitationsRequest request = Rows(6);
  request.mutable_requests(0)->set_parent(kContoso);
  request.mutable_requests(1)->mutable_invitation()->set_body_text("no link");
  request.mutable_requests(2)->mutable_invitation()->mutable_customer_hint()->set_account(
      "customers/northwind");
  *request.mutable_requests(3) = request.requests(2);
  request.mutable_requests(4)->set_parent(kFabrikam);
  request.mutable_requests(5)->set_issue(false);
  const auto answer = CreateAll(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  ASSERT_EQ(answer->results_size(), 6);
  EXPECT_EQ(answer->results(0).invitation().state(), v1::Invitation::PENDING);
  EXPECT_EQ(answer->results(0).invitation().customer_hint().company_name(), "C0");
  EXPECT_EQ(Reason(answer->results(1)), common::v1::LINK_MISSING);
  EXPECT_EQ(answer->results(1).status().code(),
            static_cast<int>(absl::StatusCode::kInvalidArgument));
  EXPECT_EQ(Reason(answer->results(3)), common::v1::INVITATION_EXISTS);
  EXPECT_THAT(answer->results(3).status().message(),
              testing::HasSubstr(answer->results(2).invitation().name()));
  EXPECT_EQ(Reason(answer->results(4)), common::v1::FIELD_INVALID);
  EXPECT_EQ(answer->results(5).invitation().state(), v1::Invitation::DRAFT);
  EXPECT_EQ(Made(), 3);
  EXPECT_EQ(AuditRows(), 5) << "three created, two of them issued";
}

TEST_F(BatchInvitationsTest, ARowIsRefusedAsASingleCallIs) {
  BatchCreateInvitationsRequest request = Rows(1);
  auto& row = *request.mutable_requests(0);
  row.mutable_invitation()->mutable_ttl()->set_seconds(-1);
  row.mutable_invitation()->set_locale("not a tag");
  const auto answer = CreateAll(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  row.set_parent(kContoso);
  EXPECT_EQ(answer->results(0).status().SerializeAsString(),
            ToRpcStatus(invitations::ValidateCreateInvitation(row)).SerializeAsString());
}

TEST_F(BatchInvitationsTest, TheSameCallAgainAnswersTheSame) {
  const BatchCreateInvitationsRequest request = Rows(5, NewUuid());
  const auto first = CreateAll(request);
  const int audited = AuditRows();
  const auto again = CreateAll(request);
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  EXPECT_EQ(again->SerializeAsString(), first->SerializeAsString());
  EXPECT_EQ(Made(), 5);
  EXPECT_EQ(AuditRows(), audited);
  const auto other = CreateAll(Rows(6, request.request_id()));
  EXPECT_EQ(ReasonOf(other.status()), common::v1::REQUEST_ID_REUSED) << other.status();
  EXPECT_EQ(Made(), 5);
}

TEST_F(BatchInvitationsTest, ARowsOwnRequestIdIsItsOwn) {
  BatchCreateInvitationsRequest request = Rows(2);
  request.mutable_requests(0)->set_request_id(NewUuid());
  const auto first = CreateAll(request);
  const auto again = CreateAll(request);
  ASSERT_TRUE(first.ok() && again.ok()) << first.status() << again.status();
  EXPECT_EQ(again->results(0).invitation().name(), first->results(0).invitation().name());
  EXPECT_NE(again->results(1).invitation().name(), first->results(1).invitation().name());
  request.mutable_requests(0)->mutable_invitation()->set_note("We met.");
  EXPECT_EQ(Reason(CreateAll(request)->results(0)), common::v1::REQUEST_ID_REUSED);
}

TEST_F(BatchInvitationsTest, ARowThatWasRefusedIsTriedAnew) {
  BatchCreateInvitationsRequest request = Rows(2, NewUuid());
  request.mutable_requests(0)->mutable_invitation()->mutable_customer_hint()->set_account(
      "customers/northwind");
  const v1::Invitation blocking = Issued(request.requests(0).invitation());
  const auto first = CreateAll(request);
  ASSERT_TRUE(first.ok()) << first.status();
  EXPECT_EQ(Reason(first->results(0)), common::v1::INVITATION_EXISTS);
  ASSERT_TRUE(Revoke(blocking.name()).ok());
  const auto again = CreateAll(request);
  ASSERT_TRUE(again.ok()) << again.status();
  EXPECT_TRUE(again->results(0).has_invitation());
  EXPECT_EQ(again->results(1).SerializeAsString(), first->results(1).SerializeAsString());
}

TEST_F(BatchInvitationsTest, WhatWasDoneBeforeTheDeadlineIsAnsweredToARepeatedCall) {
  database_.Run(R"sql(
      CREATE FUNCTION public.take_time() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN PERFORM pg_sleep(0.03); RETURN NEW; END';
      CREATE TRIGGER slow BEFORE INSERT ON invitation.invitations
        FOR EACH ROW EXECUTE FUNCTION public.take_time())sql");
  const BatchCreateInvitationsRequest request = Rows(100, NewUuid());
  const auto late = CreateAll(request, absl::Now() + absl::Seconds(2));
  ASSERT_EQ(late.status().code(), absl::StatusCode::kDeadlineExceeded) << late.status();
  const pqxx::result before = database_.Run("SELECT id FROM invitation.invitations");
  EXPECT_GT(before.size(), 0u);
  EXPECT_LT(before.size(), 100u);
  const auto again = CreateAll(request);
  ASSERT_TRUE(again.ok()) << again.status();
  std::set<std::string> names;
  for (const auto& result : again->results()) names.insert(result.invitation().name());
  EXPECT_EQ(names.size(), 100u);
  EXPECT_EQ(Made(), 100);
  for (const pqxx::row& row : before) {
    EXPECT_TRUE(names.contains(absl::StrCat(kContoso, "/invitations/", row[0].as<std::string>())));
  }
}

TEST_F(BatchInvitationsTest, ValidateOnlyIsTheRowsOwn) {
  BatchCreateInvitationsRequest request = Rows(2, NewUuid());
  request.mutable_requests(0)->set_validate_only(true);
  const auto answer = CreateAll(request);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->results(0).invitation().name(), "");
  EXPECT_NE(answer->results(1).invitation().name(), "");
  EXPECT_EQ(Made(), 1);
}

TEST_F(BatchInvitationsTest, ASuspendedPartnersCallIsRefusedAsAWhole) {
  database_.Run("INSERT INTO common.suspended_accounts (account) VALUES ('partners/contoso')");
  for (const std::string& request_id : {std::string(), NewUuid()}) {
    EXPECT_EQ(ReasonOf(CreateAll(Rows(2, request_id)).status()), common::v1::PARTNER_SUSPENDED);
  }
  EXPECT_EQ(Made() + RequestIds(), 0);
}

TEST_F(BatchInvitationsTest, ItsShapeIsChecked) {
  EXPECT_EQ(ReasonOf(CreateAll(Rows(0)).status()), common::v1::FIELD_INVALID);
  EXPECT_EQ(ReasonOf(CreateAll(Rows(101)).status()), common::v1::FIELD_INVALID);
  EXPECT_EQ(ReasonOf(CreateAll(Rows(1, "not a uuid")).status()), common::v1::FIELD_INVALID);
  BatchCreateInvitationsRequest request = Rows(1);
  request.set_parent("partners/-");
  EXPECT_EQ(ReasonOf(CreateAll(request).status()), common::v1::FIELD_INVALID);
}

}  // namespace
}  // namespace partnerlink::invitation::batch_invitations_test
