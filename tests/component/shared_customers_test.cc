// A partner sees the customers that have accepted it, and no others: not those of the resellers it
// is the provider of, nor those of its provider. Random acceptances, removals and partnerships
// against a small reference model, which knows nothing but who was accepted by whom.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "tests/component/relationship_fixture.h"
#include "tests/support/seed.h"

namespace partnerlink {
namespace {

using relationship::v1::EstablishRelationshipsRequest;
using support::AcceptedBy;
using support::CombinedAcceptance;
using support::PrincipalOf;
using support::RemovalOf;
using testing::UnorderedElementsAreArray;

constexpr int kProviders = 3;
constexpr int kResellers = 4;
constexpr int kCustomers = 8;
constexpr int kRounds = 6;
constexpr int kStepsOfARound = 15;

// Who was accepted by whom, by the relationship's name. One of each type is in force at most.
struct Edge {
  std::string partner;
  std::string customer;
  std::string type;
};
using Edges = std::map<std::string, Edge>;

class SharedCustomersTest : public support::RelationshipTest {
 protected:
  SharedCustomersTest() : engine_(support::SeedOfThisRun()) {
    for (int i = 0; i < kCustomers; ++i) customers_.push_back(absl::StrCat("customers/shop-", i));
    for (int i = 0; i < kResellers; ++i) {
      resellers_.push_back(absl::StrCat("partners/reseller-", i));
      support::Enrol(database_, resellers_.back());
    }
    for (int i = 0; i < kProviders; ++i) {
      providers_.push_back(absl::StrCat("partners/provider-", i));
      for (const std::string& reseller : resellers_) {
        if (Below(2) == 0) continue;
        PartnerUp(providers_.back(), reseller);
        partnered_.insert({providers_.back(), reseller});
      }
    }
  }

  int Below(int count) { return static_cast<int>(engine_() % static_cast<uint64_t>(count)); }
  const std::string& OneOf(const std::vector<std::string>& names) {
    return names[static_cast<size_t>(Below(static_cast<int>(names.size())))];
  }

  void Step() {
    const int choice = Below(5);
    if (choice == 0 && !edges_.empty()) return RemoveOne();
    const std::string& customer = OneOf(customers_);
    const std::string& reseller = OneOf(resellers_);
    const std::string& provider = OneOf(providers_);
    EstablishRelationshipsRequest request =
        choice < 3 ? AcceptedBy(customer, reseller, NewUuid())
                   : CombinedAcceptance(customer, reseller, provider, NewUuid());
    request.clear_grant();  // a grant shows its customer, too, edge or not
    const auto response = Establish(request);
    ASSERT_TRUE(response.ok()) << response.status();
    for (int i = 0; i < request.edges_size(); ++i) {
      const auto& asked = request.edges(i);
      const bool is_provider = !asked.via_partner().empty();
      if (is_provider && !partnered_.contains({provider, reseller})) continue;
      edges_[response->edges(i).relationship()] = {asked.partner(), customer,
                                                   is_provider ? "PROVIDER" : "RESELLER"};
    }
  }

  void RemoveOne() {
    auto edge = edges_.begin();
    std::advance(edge, Below(static_cast<int>(edges_.size())));
    const auto removed =
        Remove(RemovalOf(edge->first), PrincipalOf(edge->second.partner, {"admin_agent"}));
    ASSERT_TRUE(removed.ok()) << removed.status();
    edges_.erase(edge);
  }

  // What the model says that a partner sees.
  std::set<std::string> SharedWith(const std::string& partner) const {
    std::set<std::string> customers;
    for (const auto& [name, edge] : edges_) {
      if (edge.partner == partner) customers.insert(edge.customer);
    }
    return customers;
  }

  // A model that is wrong on purpose: a provider sees whatever its resellers have.
  std::set<std::string> AlsoOfResellers(const std::string& partner) const {
    std::set<std::string> customers = SharedWith(partner);
    for (const auto& [provider, reseller] : partnered_) {
      if (provider != partner) continue;
      for (const std::string& customer : SharedWith(reseller)) customers.insert(customer);
    }
    return customers;
  }

  // Of how many partners the list or a single read says something else than the model.
  int Deviations(const std::function<std::set<std::string>(const std::string& partner)>& model) {
    int found = 0;
    for (const auto* partners : {&providers_, &resellers_}) {
      for (const std::string& partner : *partners) {
        const std::set<std::string> expected = model(partner);
        const std::vector<std::string> listed = ListOf(partner);
        bool agrees = std::set<std::string>(listed.begin(), listed.end()) == expected;
        for (const std::string& customer : customers_) {
          const auto read = Read(customer, PrincipalOf(partner, {"helpdesk_agent"}));
          agrees = agrees && read.ok() == expected.contains(customer) &&
                   (read.ok() || ReasonOf(read.status()) == common::v1::RESOURCE_NOT_FOUND);
        }
        if (!agrees) ++found;
      }
    }
    return found;
  }

  std::mt19937_64 engine_;
  std::vector<std::string> customers_;
  std::vector<std::string> resellers_;
  std::vector<std::string> providers_;
  std::set<std::pair<std::string, std::string>> partnered_;
  Edges edges_;
};

TEST_F(SharedCustomersTest, APartnerSeesWhoHasAcceptedItAndNobodyElse) {
  int found_wrong = 0;
  for (int round = 0; round < kRounds; ++round) {
    for (int step = 0; step < kStepsOfARound; ++step) Step();
    TellDirectory();
    EXPECT_EQ(Deviations([this](auto& partner) { return SharedWith(partner); }), 0) << round;
    found_wrong += Deviations([this](auto& partner) { return AlsoOfResellers(partner); });
  }
  EXPECT_FALSE(edges_.empty());
  // The control: that providers saw their resellers' customers would have been noticed.
  EXPECT_GT(found_wrong, 0);
}

}  // namespace
}  // namespace partnerlink
