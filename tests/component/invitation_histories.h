// Histories of one invitation: what several did with it at the same time and were answered; and
// whether some order of these steps, one after the other, explains all answers and how it ended.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "partnerlink/invitation/v1/invitation.pb.h"

namespace partnerlink::invitation::histories {

enum class Action {
  kLookUp,
  kAccept,
  kDecline,
  kAcceptReceived,   // from the inbox, without a link
  kDeclineReceived,  // the same
  kRevoke,
  kResend,
  kExtend,
  kApprove,  // by the provider
  kRefuse,   // by the provider
  kRunOut    // its time is over from now on
};

struct Step {
  Action action;
  std::string account;  // that answers, its tenant
  int generation = 0;   // of the link that it comes with
  int64_t begin = 0;    // of the call, on one clock for all
  int64_t end = 0;
  std::string answer;  // OK and what it says, or the reason of the refusal
};

std::string Show(const Step& step);

// An invitation as the product describes it, in one state after the other.
class Model {
 public:
  // Issued just now. `asks`: its provider confirms each time.
  Model(v1::Invitation::Mode mode, int max_uses, bool asks);

  // Does the step; all answers that are right here.
  std::set<std::string> Take(const Step& step);

  // How it stands, to compare with other models and with the rows.
  std::string Text() const;
  // The same, written of rows.
  static std::string TextOf(const std::string& state, int generation,
                            const std::set<std::string>& redeemed,
                            const std::set<std::string>& declined);

 private:
  using State = v1::Invitation::State;

  std::set<std::string> Accept(const std::string& account);
  std::set<std::string> Decline(const std::string& account);
  std::set<std::string> Move(bool allowed, State to);
  bool HasAnswered(const std::string& account) const;
  bool IsOver() const;
  std::string Refusal() const;

  v1::Invitation::Mode mode_;
  size_t max_uses_;
  bool asks_;
  State state_;
  int generation_ = 1;
  std::set<std::string> redeemed_;
  std::set<std::string> declined_;
};

// An order of the steps that explains the history, by their numbers: each is answered rightly, none
// comes before another that had ended when it began, and the last leaves what `end` says. None if
// there is none. At most 64 steps.
std::optional<std::vector<size_t>> Explain(const Model& start, const std::vector<Step>& steps,
                                           const std::string& end);

}  // namespace partnerlink::invitation::histories
