#include "tests/component/access_histories.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "common/identifier/uuid.h"
#include "services/relationship/partners/handlers.h"
#include "services/relationship/partnerships/handlers.h"
#include "services/relationship/relationships/handlers.h"
#include "tests/support/seed.h"

namespace partnerlink::access_model {

using namespace relationship;  // NOLINT: the service under test
using support::AcceptedBy;
using support::CombinedAcceptance;
using support::Olga;
using support::PrincipalOf;
using support::RelationshipCall;

namespace {

constexpr size_t kPartners = 3;
constexpr size_t kCustomers = 2;
constexpr size_t kStepsShown = 25;

// Of a relationship or a grant.
bool IsFinal(const std::string& state) {
  return state != "ACTIVE" && state != "SUSPENDED" && state != "ENDING" && state != "CREATED" &&
         state != "APPROVAL_PENDING";
}

}  // namespace

// Of the first partner relationships end at once, of the others after days of notice.
AccessHistoriesTest::AccessHistoriesTest() : chance_(support::SeedOfThisRun()) {
  for (size_t i = 0; i < kCustomers; ++i) customers_.push_back(absl::StrCat("customers/shop-", i));
  for (size_t i = 0; i < kPartners; ++i) {
    partners_.push_back({absl::StrCat("partners/history-", i), "ACTIVE", {}});
    support::Enrol(database_, partners_.back().name);
    database_.Run(absl::StrCat("UPDATE relationship.partners SET types = '{RESELLER,PROVIDER}',",
                               " end_notice_days = ", 5 * i, " WHERE name = '",
                               partners_.back().name, "'"));
  }
}

std::string AccessHistoriesTest::LastSteps() const {
  const size_t first = steps_.size() > kStepsShown ? steps_.size() - kStepsShown : 0;
  return absl::StrCat("\n  after: ",
                      absl::StrJoin(steps_.begin() + static_cast<std::ptrdiff_t>(first),
                                    steps_.end(), "\n         "));
}

bool AccessHistoriesTest::HasActiveEdge() {
  const std::vector<Edge>& edges = holdings().edges;
  return std::any_of(edges.begin(), edges.end(),
                     [](const Edge& edge) { return edge.state == "ACTIVE"; });
}

Principal AccessHistoriesTest::Agent() const {
  return PrincipalOf(partners_[partner_].name, {"admin_agent"});
}

Principal AccessHistoriesTest::Administrator() const {
  return PrincipalOf(customer(), {"global_admin"});
}

bool AccessHistoriesTest::Done(const std::string& what, const absl::Status& status,
                               bool is_allowed) {
  steps_.push_back(absl::StrCat(what, " by or of ", partner().name, " and ", customer(), ": ",
                                status.ok() ? "done" : status.message()));
  EXPECT_EQ(status.ok(), is_allowed) << status << LastSteps();
  if (status.ok()) ++done_[what];
  return status.ok();
}

void AccessHistoriesTest::Step() {
  partner_ = static_cast<size_t>(chance_.Below(kPartners));
  customer_ = static_cast<size_t>(chance_.Below(kCustomers));
  std::vector<Edge>& edges = holdings().edges;
  std::vector<Grant>& grants = holdings().grants;
  // Most is asked of what is not over yet.
  const auto one_of = [&](auto& items) -> auto& {
    const auto live = std::find_if(items.rbegin(), items.rend(),
                                   [](const auto& item) { return !IsFinal(item.state); });
    if (live != items.rend() && chance_.Percent(75)) return *live;
    return items[static_cast<size_t>(chance_.Below(static_cast<int>(items.size())))];
  };
  const int choice = chance_.Below(100);
  if (choice < 3 || (partner().state == "SUSPENDED" && choice < 30)) return ChangePartner();
  if (choice < 9) return ChangePartnership();
  if (choice < 14) return LetTimeComeAndSweep();
  if (choice < 30 || edges.empty()) return Accept();
  if (choice < 48) return ChangeEdge(one_of(edges));
  if (choice < 56) return EndEdge(one_of(edges));
  if (choice < 65 || grants.empty()) return DraftGrant();
  if (choice < 78) return AskForGrant(one_of(grants));
  if (choice < 92) {
    const auto pending = std::find_if(grants.begin(), grants.end(), [](const Grant& grant) {
      return grant.state == "APPROVAL_PENDING";
    });
    return AnswerGrant(pending == grants.end() ? one_of(grants) : *pending);
  }
  return chance_.Percent(60) ? DropRole(one_of(grants)) : EndGrant(one_of(grants));
}

void AccessHistoriesTest::Accept() {
  const size_t provider = (partner_ + 1) % kPartners;
  const bool with_provider = chance_.Percent(50);
  auto request = with_provider ? CombinedAcceptance(customer(), partner().name,
                                                    partners_[provider].name, NewUuid())
                               : AcceptedBy(customer(), partner().name, NewUuid());
  const bool with_grant = chance_.Percent(50);
  if (!with_grant) request.clear_grant();
  const auto response = Establish(request);
  ASSERT_TRUE(Done("acceptance", response.status(), true));
  using Answer = v1::EstablishRelationshipsResponse::Edge;
  for (int i = 0; i < response->edges_size(); ++i) {
    const Answer& answer = response->edges(i);
    const auto partnership = partnerships_.find({provider, partner_});
    const bool partnered =
        partnership != partnerships_.end() && partnership->second.second == "ACTIVE";
    AcceptEdge(i == 0 ? partner_ : provider, answer.relationship(),
               i == 0 ? "RESELLER" : "PROVIDER", answer.state() == Answer::ACTIVE,
               i == 0 || partnered);
  }
  if (response->grant().empty()) return;
  Grant& grant = holdings().grants.emplace_back();
  grant.name = response->grant();
  grant.state = "ACTIVE";
  grant.roles = {request.grant().roles().begin(), request.grant().roles().end()};
}

void AccessHistoriesTest::AcceptEdge(size_t partner, const std::string& name,
                                     const std::string& type, bool is_established,
                                     bool is_allowed) {
  std::vector<Edge>& edges = partners_[partner].by_customer[customer()].edges;
  const auto there = std::find_if(edges.begin(), edges.end(), [&](const Edge& edge) {
    return edge.type == type && edge.state != "ENDED";
  });
  const bool is_free = there == edges.end() || there->end_has_come;
  EXPECT_EQ(is_established, is_allowed && is_free && partners_[partner].state == "ACTIVE")
      << name << LastSteps();
  if (!is_established) return;
  if (there != edges.end()) FinishEnd(partner, *there);
  edges.push_back({name, type, "ACTIVE"});
  ++done_[type];
}

// By the operator; a provider stops what it serves itself.
void AccessHistoriesTest::ChangeEdge(Edge& edge) {
  const bool by_provider = edge.type == "PROVIDER" && chance_.Percent(50);
  const Principal caller = by_provider ? Agent() : Olga();
  const bool may = !by_provider || partner().state == "ACTIVE";
  if (chance_.Percent(20)) {
    const absl::Status removed = Remove(support::RemovalOf(edge.name), Agent()).status();
    const bool is_there = edge.state == "ACTIVE" || edge.state == "SUSPENDED";
    if (Done("RemoveRelationship", removed, is_there && partner().state == "ACTIVE")) {
      edge.state = "ENDED";
      edge.end_has_come = true;
    }
  } else if (chance_.Percent(50)) {
    const absl::Status paused = Pause(edge.name, caller).status();
    if (Done("SuspendRelationship", paused, may && edge.state == "ACTIVE")) {
      edge.state = "SUSPENDED";
    }
  } else {
    const absl::Status resumed = Resume(edge.name, caller).status();
    if (Done("ResumeRelationship", resumed, may && edge.state == "SUSPENDED")) {
      edge.state = "ACTIVE";
    }
  }
}

void AccessHistoriesTest::EndEdge(Edge& edge) {
  if (edge.state == "ENDING") {
    const absl::Status withdrawn = Withdraw(edge.name, Administrator()).status();
    if (!Done("WithdrawEnd", withdrawn, !edge.end_has_come)) return;
    edge.state = before_end_[edge.name];
    edge.takes_grants = false;
    return;
  }
  const bool takes_grants = chance_.Percent(50);
  const auto ended = End(edge.name, Administrator(), takes_grants);
  if (!Done("EndRelationship", ended.status(), edge.state != "ENDED")) return;
  before_end_[edge.name] = edge.state;
  edge.state = "ENDING";
  edge.takes_grants = takes_grants;
  const bool at_once = partner_ == 0;
  EXPECT_EQ(ended->state(), at_once ? v1::Relationship::ENDED : v1::Relationship::ENDING);
  if (at_once) FinishEnd(partner_, edge);
}

void AccessHistoriesTest::FinishEnd(size_t partner, Edge& edge) {
  edge.state = "ENDED";
  edge.end_has_come = true;
  if (!edge.takes_grants) return;
  for (Grant& grant : partners_[partner].by_customer[customer()].grants) {
    if (grant.state == "ACTIVE") grant.state = "TERMINATED";
  }
}

// The date of an end that was announced comes; the sweep that writes so comes later.
void AccessHistoriesTest::LetTimeComeAndSweep() {
  if (chance_.Percent(60)) {
    Done("time", absl::OkStatus(), true);
    for (Edge& edge : holdings().edges) {
      if (edge.state != "ENDING") continue;
      MoveEnd(edge.name, "0");
      edge.end_has_come = true;
    }
    return;
  }
  Done("sweep", absl::OkStatus(), true);
  Sweep();
  for (size_t i = 0; i < kPartners; ++i) {
    for (customer_ = 0; customer_ < kCustomers; ++customer_) {
      for (Edge& edge : partners_[i].by_customer[customer()].edges) {
        if (edge.state == "ENDING" && edge.end_has_come) FinishEnd(i, edge);
      }
    }
  }
  customer_ = 0;
}

void AccessHistoriesTest::ChangePartner() {
  if (partner().state == "ACTIVE" && chance_.Percent(80)) {
    const absl::Status suspended = Ask<v1::SuspendPartnerRequest>(
        "SuspendPartner", partners::SuspendPartner, partner().name, Olga());
    if (Done("SuspendPartner", suspended, true)) partner().state = "SUSPENDED";
  } else {
    const absl::Status resumed = Ask<v1::ResumePartnerRequest>(
        "ResumePartner", partners::ResumePartner, partner().name, Olga());
    if (Done("ResumePartner", resumed, partner().state == "SUSPENDED")) partner().state = "ACTIVE";
  }
}

// Whatever becomes of a partnership, what the two have stays.
void AccessHistoriesTest::ChangePartnership() {
  const size_t provider = (partner_ + 1) % kPartners;
  const auto found = partnerships_.find({provider, partner_});
  if (found == partnerships_.end()) {
    if (partner().state != "ACTIVE" || partners_[provider].state != "ACTIVE") return;
    partnerships_[{provider, partner_}] = {PartnerUp(partners_[provider].name, partner().name),
                                           "ACTIVE"};
    return;
  }
  auto& [name, state] = found->second;
  if (chance_.Percent(30)) {
    const absl::Status ended = Ask<v1::EndPartnershipRequest>(
        "EndPartnership", partnerships::EndPartnership, name, Agent());
    if (Done("EndPartnership", ended, partner().state == "ACTIVE")) partnerships_.erase(found);
  } else if (state == "ACTIVE") {
    const absl::Status suspended = Ask<v1::SuspendPartnershipRequest>(
        "SuspendPartnership", partnerships::SuspendPartnership, name, Olga());
    if (Done("SuspendPartnership", suspended, true)) state = "SUSPENDED";
  } else {
    const absl::Status resumed = Ask<v1::ResumePartnershipRequest>(
        "ResumePartnership", partnerships::ResumePartnership, name, Olga());
    if (Done("ResumePartnership", resumed, true)) state = "ACTIVE";
  }
}

}  // namespace partnerlink::access_model
