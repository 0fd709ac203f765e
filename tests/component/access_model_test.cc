// Who may do what with which customer, against a small reference model: many random graphs of
// relationships and grants, many questions, no answer that the model would not give. And what
// CheckAccess says is what an order meets.
#include "tests/component/access_model.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <iostream>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/status/status.h"
#include "partnerlink/common/v1/error_reason.pb.h"
#include "services/directory/orders/handlers.h"
#include "services/relationship/access/handlers.h"
#include "tests/component/access_comparison.h"
#include "tests/component/access_graphs.h"
#include "tests/support/seed.h"
#include "tests/support/suite_fixture.h"

namespace partnerlink::access_model::access_model_test {
namespace {

using relationship::v1::AccessDecision;
using relationship::v1::AccessQuestion;
using relationship::v1::BatchCheckAccessRequest;
using relationship::v1::CheckAccessRequest;
using support::TestCall;

constexpr int kPartners = 250;
constexpr int kCustomers = 400;
constexpr int kQuestionsOfACall = 1000;
constexpr int kCallsOfCustomers = 40;
constexpr int kCallsOfOperators = 5;
constexpr int kAskedOnceMore = 2;  // of each call, by CheckAccess
constexpr int kOrderingPartners = 60;
constexpr int kOrderingCustomers = 40;
constexpr int kOrdersOfAPartner = 15;
constexpr char kOffer[] = "offers/mail";
constexpr char kService[] = "partnerlink.relationship.v1.RelationshipService/";
constexpr char kDirectory[] = "partnerlink.directory.v1.CustomerDirectoryService/";
constexpr Fault kFaultsOfOrders[] = {Fault::kSuspendedEdgeOrders,  Fault::kEndingEdgeOrders,
                                     Fault::kEndedEdgeIsSeen,      Fault::kGrantOrders,
                                     Fault::kSuspendedPartnerActs, Fault::kHelpdeskOrders};

const std::vector<std::string> kPartnerRoles = {"global_admin", "admin_agent", "sales_agent",
                                                "helpdesk_agent", "no_such_role"};
const std::vector<std::string> kCustomerRoles = {"global_admin", "billing_admin", "no_such_role"};
const std::vector<std::string> kOperatorRoles = {"operator", "no_such_role"};
const Holdings kNothing;

const Holdings& HoldingsOf(const Partner& partner, const std::string& customer) {
  const auto found = partner.by_customer.find(customer);
  return found == partner.by_customer.end() ? kNothing : found->second;
}

class AccessModelTest : public support::SuiteTest {
 protected:
  AccessModelTest() : chance_(support::SeedOfThisRun()) {}

  // Asks BatchCheckAccess, and for a few once more CheckAccess: for itself, or as a peer.
  std::vector<AccessDecision> Ask(const Asker& asker,
                                  const std::vector<AccessQuestion>& questions) {
    const bool by_peer = chance_.Percent(50);
    const Principal principal =
        by_peer ? Principal() : support::PrincipalOf(asker.account, asker.roles);
    const std::string peer = by_peer ? "directory" : "";
    BatchCheckAccessRequest request;
    *request.mutable_questions() = {questions.begin(), questions.end()};
    if (by_peer) *request.mutable_principal() = ToMessage(asker);
    const TestCall call(absl::StrCat(kService, "BatchCheckAccess"), principal, peer);
    const auto response =
        relationship::access::BatchCheckAccess(call.context, relationship_deps_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    if (!response.ok()) return {};
    const std::vector<AccessDecision> decisions = {response->decisions().begin(),
                                                   response->decisions().end()};
    EXPECT_EQ(decisions.size(), questions.size());
    for (int i = 0; i < kAskedOnceMore; ++i) {
      const auto at = static_cast<size_t>(chance_.Below(static_cast<int>(questions.size())));
      EXPECT_EQ(Show(AskAlone(asker, questions[at], principal, peer)), Show(decisions[at]));
    }
    return decisions;
  }

  AccessDecision AskAlone(const Asker& asker, const AccessQuestion& question,
                          const Principal& principal, const std::string& peer) {
    CheckAccessRequest request;
    request.set_permission(question.permission());
    request.set_customer(question.customer());
    if (!peer.empty()) *request.mutable_principal() = ToMessage(asker);
    const TestCall call(absl::StrCat(kService, "CheckAccess"), principal, peer);
    const auto response =
        relationship::access::CheckAccess(call.context, relationship_deps_, request);
    EXPECT_TRUE(response.ok()) << response.status();
    AccessDecision decision;
    if (!response.ok()) return decision;
    decision.set_allowed(response->allowed());
    decision.set_basis(response->basis());
    decision.set_reason(response->reason());
    return decision;
  }

  static relationship::v1::AccessPrincipal ToMessage(const Asker& asker) {
    relationship::v1::AccessPrincipal principal;
    principal.set_account(asker.account);
    *principal.mutable_roles() = {asker.roles.begin(), asker.roles.end()};
    return principal;
  }

  // One in thirty is about a customer that nobody has heard of; `often` is asked about in every
  // other, if there is one.
  std::vector<AccessQuestion> Questions(const Graphs& graphs, const std::string& often = "") {
    std::vector<AccessQuestion> questions(kQuestionsOfACall);
    for (AccessQuestion& question : questions) {
      question.set_permission(
          std::string(kPermissions[static_cast<size_t>(chance_.Below(std::size(kPermissions)))]));
      if (!often.empty() && chance_.Percent(50)) {
        question.set_customer(often);
      } else if (chance_.Below(30) == 0) {
        question.set_customer("customers/unheard-of");
      } else {
        question.set_customer(chance_.OneOf(graphs.customers));
      }
    }
    return questions;
  }

  void Compare(const Asker& asker, const std::vector<AccessQuestion>& questions,
               const Partner* partner, Comparison& comparison) {
    const std::vector<AccessDecision> decisions = Ask(asker, questions);
    for (size_t i = 0; i < decisions.size(); ++i) {
      const Holdings& holdings =
          partner == nullptr ? kNothing : HoldingsOf(*partner, questions[i].customer());
      comparison.Take(asker, questions[i], holdings, decisions[i]);
    }
  }

  Asker PersonOf(const Partner& partner) {
    return {partner.name, chance_.SomeOf(kPartnerRoles), partner.state == "ACTIVE"};
  }

  // What a person meets who orders for the customer, through this relationship if it is named:
  // nothing, or the reason of the refusal.
  std::string Order(const Asker& asker, const std::string& customer,
                    const std::string& relationship = "") {
    directory::v1::CreateOrderRequest request;
    request.set_parent(customer);
    request.set_validate_only(true);
    request.mutable_order()->set_relationship(relationship);
    auto& line = *request.mutable_order()->add_line_items();
    line.set_offer(kOffer);
    line.set_quantity(1);
    const TestCall call(absl::StrCat(kDirectory, "CreateOrder"),
                        support::PrincipalOf(asker.account, asker.roles));
    return Met(directory::orders::CreateOrder(call.context, directory_deps_, request).status());
  }

  // And who lists its orders.
  std::string ListOrders(const Asker& asker, const std::string& customer) {
    directory::v1::ListOrdersRequest request;
    request.set_parent(customer);
    const TestCall call(absl::StrCat(kDirectory, "ListOrders"),
                        support::PrincipalOf(asker.account, asker.roles));
    return Met(directory::orders::ListOrders(call.context, directory_deps_, request).status());
  }

  static std::string Met(const absl::Status& status) {
    if (status.ok()) return "";
    return common::v1::ErrorReason_Name(
        ReasonOf(status).value_or(common::v1::ERROR_REASON_UNSPECIFIED));
  }

  Chance chance_;
};

// What an order should meet that names no relationship: where two may order, one must be named.
std::string Expected(const Verdict& verdict) {
  return verdict.bases.size() > 1 ? "FIELD_INVALID" : verdict.reason;
}

TEST_F(AccessModelTest, EveryAnswerIsTheModelsAndEveryWrongModelIsFound) {
  const Graphs graphs = MakeGraphs(chance_, kPartners, kCustomers);
  Write(database_, graphs);
  Comparison comparison;
  for (const Partner& partner : graphs.partners) {
    Compare(PersonOf(partner), Questions(graphs), &partner, comparison);
  }
  for (int i = 0; i < kCallsOfCustomers; ++i) {
    const std::string customer = chance_.OneOf(graphs.customers);
    Compare({customer, chance_.SomeOf(kCustomerRoles)}, Questions(graphs, customer), nullptr,
            comparison);
  }
  for (int i = 0; i < kCallsOfOperators; ++i) {
    Compare({"operators", chance_.SomeOf(kOperatorRoles)}, Questions(graphs), nullptr, comparison);
  }
  std::cout << "graphs=" << kPartners * kCustomers << " questions=" << comparison.compared()
            << " allowed=" << comparison.allowed() << " mismatches=" << comparison.mismatches()
            << std::endl;
  EXPECT_EQ(comparison.mismatches(), 0) << comparison.shown();
  EXPECT_GE(comparison.compared(), 100'000);
  // Neither all yes nor all no.
  EXPECT_GT(comparison.allowed(), comparison.compared() / 10);
  EXPECT_LT(comparison.allowed(), comparison.compared() * 9 / 10);
  // The control: a model that is wrong in one rule does not agree.
  EXPECT_THAT(comparison.not_found(), testing::IsEmpty());
}

TEST_F(AccessModelTest, AnOrderMeetsTheSameAnswerInItsOwnTransaction) {
  const Graphs graphs = MakeGraphs(chance_, kOrderingPartners, kOrderingCustomers);
  Write(database_, graphs);
  database_.Run(absl::StrCat(
      "INSERT INTO directory.offers (name, display_name, term_months, state) VALUES ('", kOffer,
      "', 'Mail', 12, 'ACTIVE')"));
  std::map<Fault, int> found;
  for (const Partner& partner : graphs.partners) {
    for (int i = 0; i < kOrdersOfAPartner; ++i) {
      const Asker asker = PersonOf(partner);
      const std::string& customer = chance_.OneOf(graphs.customers);
      const Holdings& holdings = HoldingsOf(partner, customer);
      const auto judge = [&](const char* permission, Fault fault = Fault::kNone) {
        return Judge(asker, permission, customer, holdings, fault);
      };
      const Verdict verdict = judge("order.create");
      const std::string met = Order(asker, customer);
      EXPECT_EQ(met, Expected(verdict)) << asker.account << " " << customer << Show(holdings);
      for (const std::string& relationship : verdict.bases) {
        EXPECT_EQ(Order(asker, customer, relationship), "") << relationship << Show(holdings);
      }
      EXPECT_EQ(ListOrders(asker, customer), judge("order.view").reason) << Show(holdings);
      for (const Fault fault : kFaultsOfOrders) {
        if (met != Expected(judge("order.create", fault))) ++found[fault];
      }
    }
  }
  // The control: so many orders notice a rule that is wrong.
  for (const Fault fault : kFaultsOfOrders) {
    EXPECT_GT(found[fault], 0) << static_cast<int>(fault);
  }
}

}  // namespace
}  // namespace partnerlink::access_model::access_model_test
