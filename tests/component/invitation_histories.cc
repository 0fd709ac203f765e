#include "tests/component/invitation_histories.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace partnerlink::invitation::histories {
namespace {

using v1::Invitation;

constexpr char kOk[] = "OK";
constexpr char kNoLink[] = "INVITATION_NOT_FOUND";
constexpr char kNotReceived[] = "RESOURCE_NOT_FOUND";
constexpr char kTransition[] = "STATE_TRANSITION";

const char* NameOf(Action action) {
  constexpr const char* kNames[] = {"look up",          "accept", "decline", "accept received",
                                    "decline received", "revoke", "resend",  "extend",
                                    "approve",          "refuse", "run out"};
  return kNames[static_cast<size_t>(action)];
}

// Which step comes next: tries each that may, and forgets no dead end.
class Search {
 public:
  Search(const std::vector<Step>& steps, const std::string& end) : steps_(steps), end_(end) {}

  bool From(const Model& model) {
    if (order_.size() == steps_.size()) return model.Text() == end_;
    if (!tried_.emplace(done_, model.Text()).second) return false;
    const int64_t first_end = FirstEnd();
    for (size_t i = 0; i < steps_.size(); ++i) {
      if (IsDone(i) || steps_[i].begin > first_end) continue;
      Model next = model;
      if (!next.Take(steps_[i]).contains(steps_[i].answer)) continue;
      done_ ^= Bit(i);
      order_.push_back(i);
      if (From(next)) return true;
      order_.pop_back();
      done_ ^= Bit(i);
    }
    return false;
  }

  const std::vector<size_t>& order() const { return order_; }

 private:
  static uint64_t Bit(size_t i) { return uint64_t{1} << i; }
  bool IsDone(size_t i) const { return (done_ & Bit(i)) != 0; }

  // What has begun after this comes behind a step that is not taken yet.
  int64_t FirstEnd() const {
    int64_t first = std::numeric_limits<int64_t>::max();
    for (size_t i = 0; i < steps_.size(); ++i) {
      if (!IsDone(i)) first = std::min(first, steps_[i].end);
    }
    return first;
  }

  const std::vector<Step>& steps_;
  const std::string& end_;
  uint64_t done_ = 0;
  std::vector<size_t> order_;
  std::set<std::pair<uint64_t, std::string>> tried_;
};

}  // namespace

std::string Show(const Step& step) {
  return absl::StrCat(step.begin, "-", step.end, " ", NameOf(step.action), " ", step.account,
                      step.generation > 0 ? absl::StrCat(" by link ", step.generation) : "", ": ",
                      step.answer);
}

Model::Model(Invitation::Mode mode, int max_uses, bool asks)
    : mode_(mode),
      max_uses_(static_cast<size_t>(max_uses)),
      asks_(asks),
      state_(asks ? Invitation::AWAITING_PROVIDER : Invitation::PENDING) {}

std::set<std::string> Model::Take(const Step& step) {
  const bool by_link = step.action == Action::kLookUp || step.action == Action::kAccept ||
                       step.action == Action::kDecline;
  if (by_link && step.generation != generation_) return {kNoLink};
  const bool waits = state_ == Invitation::PENDING;
  switch (step.action) {
    case Action::kLookUp:
      return {absl::StrCat(kOk, " ", Invitation::State_Name(state_))};
    case Action::kAccept:
      return Accept(step.account);
    case Action::kDecline:
      return Decline(step.account);
    case Action::kAcceptReceived:
      if (!waits && !HasAnswered(step.account)) return {kNotReceived, Refusal()};
      return Accept(step.account);
    case Action::kDeclineReceived: {
      // What waits no more may still have been found waiting.
      std::set<std::string> answers = Decline(step.account);
      if (!waits && !HasAnswered(step.account)) answers.insert(kNotReceived);
      return answers;
    }
    case Action::kRevoke:
      return Move(!IsOver(), Invitation::REVOKED);
    case Action::kExtend:
      return Move(waits, Invitation::PENDING);
    case Action::kApprove:
      return Move(state_ == Invitation::AWAITING_PROVIDER, Invitation::PENDING);
    case Action::kRefuse:
      return Move(state_ == Invitation::AWAITING_PROVIDER, Invitation::REFUSED);
    case Action::kRunOut:
      if (!IsOver()) state_ = Invitation::EXPIRED;
      return {kOk};
    case Action::kResend:
      if (!waits && state_ != Invitation::EXPIRED) return {kTransition};
      state_ = asks_ ? Invitation::AWAITING_PROVIDER : Invitation::PENDING;
      return {absl::StrCat(kOk, " ", Invitation::State_Name(state_), " ", ++generation_)};
  }
  return {};
}

std::set<std::string> Model::Accept(const std::string& account) {
  if (redeemed_.contains(account)) return {kOk};
  if (state_ != Invitation::PENDING) return {Refusal()};
  if (declined_.contains(account)) return {"INVITATION_DECLINED"};
  redeemed_.insert(account);
  if (mode_ == Invitation::TARGETED) state_ = Invitation::ACCEPTED;
  if (mode_ == Invitation::OPEN && redeemed_.size() == max_uses_) state_ = Invitation::EXHAUSTED;
  return {kOk};
}

std::set<std::string> Model::Decline(const std::string& account) {
  if (declined_.contains(account) &&
      (mode_ == Invitation::OPEN || state_ == Invitation::DECLINED)) {
    return {kOk};
  }
  if (state_ != Invitation::PENDING) return {Refusal()};
  if (redeemed_.contains(account)) return {"INVITATION_USED"};
  declined_.insert(account);
  if (mode_ == Invitation::TARGETED) state_ = Invitation::DECLINED;
  return {kOk};
}

// It knows the invitation by its own answer, whether that waits for it or not.
bool Model::HasAnswered(const std::string& account) const {
  return redeemed_.contains(account) || declined_.contains(account);
}

std::set<std::string> Model::Move(bool allowed, State to) {
  if (!allowed) return {kTransition};
  state_ = to;
  return {kOk};
}

bool Model::IsOver() const {
  return state_ != Invitation::PENDING && state_ != Invitation::AWAITING_PROVIDER;
}

// Why it can be neither accepted nor declined.
std::string Model::Refusal() const {
  switch (state_) {
    case Invitation::AWAITING_PROVIDER:
      return "INVITATION_NOT_ISSUED";
    case Invitation::ACCEPTED:
      return "INVITATION_USED";
    case Invitation::REFUSED:
      return "INVITATION_REVOKED";
    default:
      return absl::StrCat("INVITATION_", Invitation::State_Name(state_));
  }
}

std::string Model::Text() const {
  return TextOf(Invitation::State_Name(state_), generation_, redeemed_, declined_);
}

std::string Model::TextOf(const std::string& state, int generation,
                          const std::set<std::string>& redeemed,
                          const std::set<std::string>& declined) {
  return absl::StrCat(state, " generation ", generation, " accepted by ",
                      absl::StrJoin(redeemed, ","), " declined by ", absl::StrJoin(declined, ","));
}

std::optional<std::vector<size_t>> Explain(const Model& start, const std::vector<Step>& steps,
                                           const std::string& end) {
  Search search(steps, end);
  if (!search.From(start)) return std::nullopt;
  return search.order();
}

}  // namespace partnerlink::invitation::histories
