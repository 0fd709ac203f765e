// A partner sees the customers that have accepted it, and no others: not those of the resellers it
// is the provider of, nor those of its provider; for as long as what was accepted is not over,
// paused or about to end as it may be. Random acceptances, pauses, ends, removals and partnerships
// that begin and end, against a small reference model, which knows nothing but who was accepted by
// whom.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/relationship/partnerships/handlers.h"
#include "tests/component/relationship_life_fixture.h"
#include "tests/support/seed.h"

namespace partnerlink::shared_customers_test {
namespace {

using relationship::v1::EstablishRelationshipsRequest;
using support::AcceptedBy;
using support::CombinedAcceptance;
using support::Olga;
using support::PrincipalOf;
using support::RemovalOf;
using testing::UnorderedElementsAreArray;

constexpr int kProviders = 3;
constexpr int kResellers = 4;
constexpr int kCustomers = 8;
constexpr int kRounds = 10;
constexpr int kMostRounds = 50;  // until every wrong model has been noticed
constexpr int kStepsOfARound = 20;

// Who was accepted by whom, by the relationship's name. One of each type is in force at most.
struct Edge {
  std::string partner;
  std::string customer;
  std::string type;
  enum State { kActive, kSuspended, kEnding } state = kActive;
};
using Edges = std::map<std::string, Edge>;

class SharedCustomersTest : public support::RelationshipLifeTest {
 protected:
  SharedCustomersTest() : engine_(support::SeedOfThisRun()) {
    for (int i = 0; i < kCustomers; ++i) customers_.push_back(absl::StrCat("customers/shop-", i));
    for (int i = 0; i < kResellers; ++i) {
      resellers_.push_back(absl::StrCat("partners/reseller-", i));
      support::Enrol(database_, resellers_.back());
    }
    for (int i = 0; i < kProviders; ++i) {
      providers_.push_back(absl::StrCat("partners/provider-", i));
      support::Enrol(database_, providers_.back());
      for (const std::string& reseller : resellers_) {
        if (Below(2) == 0) continue;
        partnered_[{providers_.back(), reseller}] = PartnerUp(providers_.back(), reseller);
      }
    }
    // Those of one kind end at once, the others' ends are announced.
    database_.Run("UPDATE relationship.partners SET end_notice_days = 30 WHERE name ~ '-[13579]$'");
  }

  int Below(int count) { return static_cast<int>(engine_() % static_cast<uint64_t>(count)); }
  const std::string& OneOf(const std::vector<std::string>& names) {
    return names[static_cast<size_t>(Below(static_cast<int>(names.size())))];
  }

  void Step() {
    switch (Below(10)) {
      case 0:
        return RemoveOne();
      case 1:
        return EndOne();
      case 2:
      case 3:
        return PauseOrResumeOne();
      case 4:
        return PartOrPartnerUp(OneOf(providers_), OneOf(resellers_));
      default:
        return AcceptOne();
    }
  }

  void AcceptOne() {
    const std::string& customer = OneOf(customers_);
    const std::string& reseller = OneOf(resellers_);
    const std::string& provider = OneOf(providers_);
    EstablishRelationshipsRequest request =
        Below(2) == 0 ? AcceptedBy(customer, reseller, NewUuid())
                      : CombinedAcceptance(customer, reseller, provider, NewUuid());
    request.clear_grant();  // a grant shows its customer, too, edge or not
    const auto response = Establish(request);
    ASSERT_TRUE(response.ok()) << response.status();
    for (int i = 0; i < request.edges_size(); ++i) {
      const auto& asked = request.edges(i);
      const bool is_provider = !asked.via_partner().empty();
      if (is_provider && !partnered_.contains({provider, reseller})) continue;
      // The one that is there, if there is one, stays as it is.
      edges_.insert({response->edges(i).relationship(),
                     {asked.partner(), customer, is_provider ? "PROVIDER" : "RESELLER"}});
    }
  }

  // One that nobody has announced the end of; none if there is none.
  Edges::iterator AnyNotEnding() {
    std::vector<Edges::iterator> found;
    for (auto edge = edges_.begin(); edge != edges_.end(); ++edge) {
      if (edge->second.state != Edge::kEnding) found.push_back(edge);
    }
    return found.empty() ? edges_.end()
                         : found[static_cast<size_t>(Below(static_cast<int>(found.size())))];
  }

  void RemoveOne() {
    const auto edge = AnyNotEnding();
    if (edge == edges_.end()) return;
    const auto removed =
        Remove(RemovalOf(edge->first), PrincipalOf(edge->second.partner, {"admin_agent"}));
    ASSERT_TRUE(removed.ok()) << removed.status();
    Forget(edge);
  }

  // By the customer.
  void EndOne() {
    const auto edge = AnyNotEnding();
    if (edge == edges_.end()) return;
    const auto ended = End(edge->first, PrincipalOf(edge->second.customer, {"global_admin"}));
    ASSERT_TRUE(ended.ok()) << ended.status();
    const bool announced = (edge->second.partner.back() - '0') % 2 == 1;
    ASSERT_EQ(ended->state(), announced ? Relationship::ENDING : Relationship::ENDED);
    if (announced) {
      edge->second.state = Edge::kEnding;
    } else {
      Forget(edge);
    }
  }

  void PauseOrResumeOne() {
    const auto edge = AnyNotEnding();
    if (edge == edges_.end()) return;
    const bool pauses = edge->second.state == Edge::kActive;
    const auto changed = pauses ? Pause(edge->first, Olga()) : Resume(edge->first, Olga());
    ASSERT_TRUE(changed.ok()) << changed.status();
    edge->second.state = pauses ? Edge::kSuspended : Edge::kActive;
  }

  // The end of a partnership takes nothing from either, and its return gives nothing.
  void PartOrPartnerUp(const std::string& provider, const std::string& reseller) {
    const auto partnership = partnered_.find({provider, reseller});
    if (partnership == partnered_.end()) {
      partnered_[{provider, reseller}] = PartnerUp(provider, reseller);
      return;
    }
    relationship::v1::EndPartnershipRequest request;
    request.set_name(partnership->second);
    const auto call =
        support::RelationshipCall("EndPartnership", PrincipalOf(provider, {"admin_agent"}));
    const auto ended =
        relationship::partnerships::EndPartnership(call.context, relationship_deps_, request);
    ASSERT_TRUE(ended.ok()) << ended.status();
    partnered_.erase(partnership);
    parted_.insert({provider, reseller});
  }

  void Forget(Edges::iterator edge) {
    over_.push_back(edge->second);
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

  // Models that are wrong on purpose: a provider sees whatever its resellers have,
  std::set<std::string> AlsoOfResellers(const std::string& partner) const {
    std::set<std::string> customers = SharedWith(partner);
    for (const auto& [pair, name] : partnered_) {
      if (pair.first != partner) continue;
      for (const std::string& customer : SharedWith(pair.second)) customers.insert(customer);
    }
    return customers;
  }

  // a partner sees no customer whose relationship is paused or about to end,
  std::set<std::string> OnlyActive(const std::string& partner) const {
    std::set<std::string> customers;
    for (const auto& [name, edge] : edges_) {
      if (edge.partner == partner && edge.state == Edge::kActive) customers.insert(edge.customer);
    }
    return customers;
  }

  // it still sees those whose relationship is over,
  std::set<std::string> AlsoThoseOver(const std::string& partner) const {
    std::set<std::string> customers = SharedWith(partner);
    for (const Edge& edge : over_) {
      if (edge.partner == partner) customers.insert(edge.customer);
    }
    return customers;
  }

  // a provider that parts from a reseller loses the customers that the two share.
  std::set<std::string> WithoutThoseOfParted(const std::string& partner) const {
    std::set<std::string> customers = SharedWith(partner);
    for (const auto& [provider, reseller] : parted_) {
      if (provider != partner) continue;
      for (const std::string& customer : SharedWith(reseller)) customers.erase(customer);
    }
    return customers;
  }

  using Model = std::set<std::string> (SharedCustomersTest::*)(const std::string& partner) const;
  static std::vector<Model> WrongModels() {
    return {&SharedCustomersTest::AlsoOfResellers, &SharedCustomersTest::OnlyActive,
            &SharedCustomersTest::AlsoThoseOver, &SharedCustomersTest::WithoutThoseOfParted};
  }

  // Of how many partners the list or a single read says something else than the model.
  int Deviations(Model model = &SharedCustomersTest::SharedWith) {
    int found = 0;
    for (const auto* partners : {&providers_, &resellers_}) {
      for (const std::string& partner : *partners) {
        const std::set<std::string> expected = (this->*model)(partner);
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
  // By provider and reseller: the partnerships in force, and the pairs that have parted at least
  // once.
  std::map<std::pair<std::string, std::string>, std::string> partnered_;
  std::set<std::pair<std::string, std::string>> parted_;
  Edges edges_;
  std::vector<Edge> over_;
};

TEST_F(SharedCustomersTest, APartnerSeesWhoHasAcceptedItAndNobodyElse) {
  const std::vector<Model> wrong = WrongModels();
  std::vector<int> found_wrong(wrong.size());
  const auto is_missing = [&] {
    return std::find(found_wrong.begin(), found_wrong.end(), 0) != found_wrong.end();
  };
  for (int round = 0; round < kRounds || (is_missing() && round < kMostRounds); ++round) {
    for (int step = 0; step < kStepsOfARound; ++step) Step();
    TellDirectory();
    EXPECT_EQ(Deviations(), 0) << round;
    for (size_t i = 0; i < wrong.size(); ++i) {
      if (found_wrong[i] == 0) found_wrong[i] = Deviations(wrong[i]);
    }
  }
  EXPECT_FALSE(edges_.empty());
  // The controls: each wrong model would have been noticed.
  for (size_t i = 0; i < wrong.size(); ++i) EXPECT_GT(found_wrong[i], 0) << "model " << i;
}

}  // namespace
}  // namespace partnerlink::shared_customers_test
