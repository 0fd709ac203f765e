// What CheckAccess says while relationships, grants, partners and partnerships change by the
// services' own calls, in random order: after each call every permission of every partner over
// every customer is as the reference model says, at once.
#include "tests/component/access_histories.h"

#include <gtest/gtest.h>

#include <iostream>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "services/relationship/access/handlers.h"
#include "tests/component/access_comparison.h"

namespace partnerlink::access_model::access_histories_test {
namespace {

using relationship::v1::AccessDecision;
using relationship::v1::AccessQuestion;
using support::RelationshipCall;

constexpr int kSteps = 1000;
constexpr int kMostSteps = 10 * kSteps;  // until everything has been seen
// What the steps can lead to, each wrong in one rule.
constexpr Fault kFaultsOfHistories[] = {
    Fault::kSuspendedEdgeOrders,         Fault::kEndingEdgeOrders,
    Fault::kEndingGoesOnAfterItsEnd,     Fault::kEndedEdgeIsSeen,
    Fault::kTerminatedGrantCounts,       Fault::kDraftCounts,
    Fault::kPendingGrantCounts,          Fault::kRefusedGrantCounts,
    Fault::kEndTakesGrantsBeforeItsDate, Fault::kGrantOutlivesItsRelationship,
    Fault::kSuspendedPartnerActs,        Fault::kGrantOrders};
// Each must have been done at least once.
const std::set<std::string> kCalls = {
    "RESELLER",        "PROVIDER",      "SuspendRelationship", "ResumeRelationship",
    "EndRelationship", "WithdrawEnd",   "RemoveRelationship",  "time",
    "sweep",           "CreateGrant",   "ApproveGrant",        "RequestGrantApproval",
    "DeclineGrant",    "WithdrawGrant", "TerminateGrant",      "DropGrantRoles",
    "SuspendPartner",  "ResumePartner", "SuspendPartnership",  "ResumePartnership",
    "EndPartnership"};

class AccessHistoryTest : public AccessHistoriesTest {
 protected:
  static Asker AgentOf(const Partner& partner) {
    return {partner.name, {"admin_agent"}, partner.state == "ACTIVE"};
  }

  // Of the pair that was just changed, one by one.
  void CompareOneByOne(Comparison& comparison) {
    const Asker asker = AgentOf(partner());
    for (const std::string_view permission : kPermissions) {
      relationship::v1::CheckAccessRequest request;
      request.set_permission(std::string(permission));
      request.set_customer(customer());
      const support::TestCall call =
          RelationshipCall("CheckAccess", support::PrincipalOf(asker.account, asker.roles));
      const auto answer =
          relationship::access::CheckAccess(call.context, relationship_deps_, request);
      ASSERT_TRUE(answer.ok()) << answer.status();
      AccessQuestion question;
      question.set_permission(request.permission());
      question.set_customer(request.customer());
      AccessDecision decision;
      decision.set_allowed(answer->allowed());
      decision.set_basis(answer->basis());
      decision.set_reason(answer->reason());
      comparison.Take(asker, question, partner().by_customer[customer()], decision);
    }
  }

  // Of all pairs, those that the last call was not about included.
  void CompareAll(Comparison& comparison) {
    relationship::v1::BatchCheckAccessRequest request;
    for (const std::string& customer : customers_) {
      for (const std::string_view permission : kPermissions) {
        AccessQuestion& question = *request.add_questions();
        question.set_permission(std::string(permission));
        question.set_customer(customer);
      }
    }
    for (Partner& asking : partners_) {
      const Asker asker = AgentOf(asking);
      const support::TestCall call =
          RelationshipCall("BatchCheckAccess", support::PrincipalOf(asker.account, asker.roles));
      const auto answer =
          relationship::access::BatchCheckAccess(call.context, relationship_deps_, request);
      ASSERT_TRUE(answer.ok()) << answer.status();
      ASSERT_EQ(answer->decisions_size(), request.questions_size());
      for (int i = 0; i < answer->decisions_size(); ++i) {
        comparison.Take(asker, request.questions(i),
                        asking.by_customer[request.questions(i).customer()], answer->decisions(i));
      }
    }
  }

  // What has not been done yet, and which wrong rule has not been noticed.
  std::string Missing(const Comparison& comparison) const {
    std::string missing;
    for (const std::string& call : kCalls) {
      if (!done().contains(call)) absl::StrAppend(&missing, " ", call);
    }
    for (const Fault fault : comparison.not_found()) {
      absl::StrAppend(&missing, " fault ", static_cast<int>(fault));
    }
    return missing;
  }
};

TEST_F(AccessHistoryTest, AfterEveryCallEveryAnswerIsTheModels) {
  Comparison comparison(kFaultsOfHistories);
  int steps = 0;
  while (!HasFailure() &&
         (steps < kSteps || (steps < kMostSteps && !Missing(comparison).empty()))) {
    ++steps;
    Step();
    CompareOneByOne(comparison);
    CompareAll(comparison);
    EXPECT_EQ(comparison.mismatches(), 0) << comparison.shown() << LastSteps();
  }
  std::cout << "steps=" << steps << " questions=" << comparison.compared()
            << " allowed=" << comparison.allowed() << " mismatches=" << comparison.mismatches();
  for (const auto& [call, times] : done()) std::cout << " " << call << "=" << times;
  std::cout << std::endl;
  // The control: a model that is wrong in one rule does not agree.
  EXPECT_EQ(Missing(comparison), "");
}

}  // namespace
}  // namespace partnerlink::access_model::access_histories_test
