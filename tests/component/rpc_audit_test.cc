// What the audit keeps of calls that changed nothing, and what is answered where it cannot.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/component/rpc_fixture.h"

namespace partnerlink::rpc::rpc_audit_test {
namespace {

using outbox::CallEntry;
using testing::ElementsAre;
using testing::IsEmpty;

class RpcAuditTest : public RpcTest {
 protected:
  RpcAuditTest() {
    behaviour.record = [this](const CallContext& context, const std::vector<CallEntry>& entries) {
      for (const CallEntry& entry : entries) {
        recorded_.push_back(
            absl::StrCat(context.principal.account, " ", entry.account, " ", entry.refusal));
      }
      return recording_;
    };
  }

  ClientCall::Headers OperatorsToken(const std::string& reason = "ticket 1") {
    ClientCall::Headers headers = {{"authorization", Bearer("operators", "operator")}};
    if (!reason.empty()) headers.emplace_back("partnerlink-reason", reason);
    return headers;
  }

  std::vector<std::string> recorded_;
  absl::Status recording_;
};

TEST_F(RpcAuditTest, AMutationWithoutTheRoleIsKept) {
  ClientCall call =
      Call("AcceptInvitation", "", {{"authorization", Bearer("customers/northwind", "reader")}});
  EXPECT_EQ(call.Reason(), common::v1::ROLE_MISSING);
  EXPECT_THAT(recorded_, ElementsAre("customers/northwind customers/northwind ROLE_MISSING"));
}

TEST_F(RpcAuditTest, WhatAnOperatorReadIsKeptBeforeItIsShown) {
  EXPECT_TRUE(Call("GetInvitation", GetRequest(), OperatorsToken()).Await().ok());
  EXPECT_THAT(recorded_, ElementsAre("operators partners/contoso "));
  recording_ = Refusal(common::v1::DEPENDENCY_UNAVAILABLE, "The database does not answer now.");
  EXPECT_EQ(Call("GetInvitation", GetRequest(), OperatorsToken()).Reason(),
            common::v1::DEPENDENCY_UNAVAILABLE);
}

TEST_F(RpcAuditTest, ARefusalStandsEvenIfItCannotBeKept) {
  recording_ = absl::InternalError("the table is gone");
  EXPECT_EQ(Call("GetInvitation", GetRequest(), OperatorsToken("")).Reason(),
            common::v1::OPERATOR_REASON_MISSING);
  EXPECT_THAT(recorded_, ElementsAre("operators partners/contoso OPERATOR_REASON_MISSING"));
}

TEST_F(RpcAuditTest, ATenantsReadsAreNotKept) {
  EXPECT_TRUE(Get().Await().ok());
  behaviour.get = [](auto&, auto&) -> absl::StatusOr<Invitation> { return NotFound(); };
  EXPECT_EQ(Get().Reason(), common::v1::RESOURCE_NOT_FOUND);
  EXPECT_THAT(recorded_, IsEmpty());
}

TEST_F(RpcAuditTest, AWrongShapeAsksNothingOfARow) {
  behaviour.validate = [](auto&) { return Refusal(common::v1::FIELD_INVALID, "No."); };
  EXPECT_EQ(Call("GetInvitation", GetRequest(), OperatorsToken()).Reason(),
            common::v1::FIELD_INVALID);
  EXPECT_THAT(recorded_, IsEmpty());
}

}  // namespace
}  // namespace partnerlink::rpc::rpc_audit_test
