// A few partners and customers, and what becomes of them by the services' own calls: every step is
// a call, and the reference model's holdings follow what it was answered.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/component/access_graphs.h"
#include "tests/component/relationship_life_fixture.h"

namespace partnerlink::access_model {

class AccessHistoriesTest : public support::RelationshipLifeTest {
 protected:
  AccessHistoriesTest();

  // One call, chosen at random: the model says whether it is allowed, and what it changes.
  void Step();

  // The pair that the last step was about, and the last steps in words.
  Partner& partner() { return partners_[partner_]; }
  const std::string& customer() const { return customers_[customer_]; }
  std::string LastSteps() const;

  // How many calls of each kind were done.
  const std::map<std::string, int>& done() const { return done_; }

  Chance chance_;
  std::vector<Partner> partners_;
  std::vector<std::string> customers_;

 private:
  Holdings& holdings() { return partner().by_customer[customer()]; }
  bool HasActiveEdge();
  Principal Agent() const;
  Principal Administrator() const;

  // Whether it was done, which must be as the model says.
  bool Done(const std::string& what, const absl::Status& status, bool is_allowed);
  // A call of an RPC of RelationshipService that names what it changes.
  template <typename Request, typename Handler>
  absl::Status Ask(const std::string& rpc, Handler handler, const std::string& name,
                   const Principal& caller) {
    Request request;
    request.set_name(name);
    const support::TestCall call = support::RelationshipCall(rpc, caller);
    return handler(call.context, relationship_deps_, request).status();
  }

  void Accept();
  void AcceptEdge(size_t partner, const std::string& name, const std::string& type,
                  bool is_established, bool is_allowed);
  void ChangeEdge(Edge& edge);
  void EndEdge(Edge& edge);
  void FinishEnd(size_t partner, Edge& edge);
  void LetTimeComeAndSweep();
  void DraftGrant();
  void AskForGrant(Grant& grant);
  void AnswerGrant(Grant& grant);
  void EndGrant(Grant& grant);
  void DropRole(Grant& grant);
  void ChangePartner();
  void ChangePartnership();

  size_t partner_ = 0;
  size_t customer_ = 0;
  // What each relationship about to end was before.
  std::map<std::string, std::string> before_end_;
  // By provider and reseller: the partnership's name and state.
  std::map<std::pair<size_t, size_t>, std::pair<std::string, std::string>> partnerships_;
  std::vector<std::string> steps_;
  std::map<std::string, int> done_;
};

}  // namespace partnerlink::access_model
