// Which histories of an invitation an order of their steps explains, and which none does.
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "tests/component/invitation_histories.h"

namespace partnerlink::invitation::histories::explained_histories_test {
namespace {

using v1::Invitation;

constexpr char kA[] = "a";
constexpr char kB[] = "b";

struct History {
  const char* rule;
  bool is_explained;
  std::vector<Step> steps;  // without a link's number by the first link
  std::string state;
  int generation = 1;
  std::set<std::string> redeemed = {};
  std::set<std::string> declined = {};
};

bool IsExplained(Invitation::Mode mode, const History& history) {
  const Model start(mode, mode == Invitation::OPEN ? 2 : 1, false);
  return Explain(
             start, history.steps,
             Model::TextOf(history.state, history.generation, history.redeemed, history.declined))
      .has_value();
}

TEST(ExplainTest, OfATargetedOne) {
  const std::vector<History> histories = {
      {"one accepts, the other comes too late",
       true,
       {{Action::kAccept, kA, 1, 0, 9, "OK"}, {Action::kAccept, kB, 1, 0, 9, "INVITATION_USED"}},
       "ACCEPTED",
       1,
       {kA}},
      {"two accept",
       false,
       {{Action::kAccept, kA, 1, 0, 9, "OK"}, {Action::kAccept, kB, 1, 0, 9, "OK"}},
       "ACCEPTED",
       1,
       {kA, kB}},
      {"the same account again",
       true,
       {{Action::kAccept, kA, 1, 0, 1, "OK"}, {Action::kAccept, kA, 1, 2, 3, "OK"}},
       "ACCEPTED",
       1,
       {kA}},
      {"a look at what is there no more",
       false,
       {{Action::kAccept, kA, 1, 0, 1, "OK"}, {Action::kLookUp, "", 1, 2, 3, "OK PENDING"}},
       "ACCEPTED",
       1,
       {kA}},
      {"the same look, begun before the answer",
       true,
       {{Action::kAccept, kA, 1, 0, 2, "OK"}, {Action::kLookUp, "", 1, 1, 3, "OK PENDING"}},
       "ACCEPTED",
       1,
       {kA}},
      {"an old link behind the answer to the resending",
       false,
       {{Action::kResend, "", 0, 0, 1, "OK PENDING 2"}, {Action::kAccept, kA, 1, 2, 3, "OK"}},
       "ACCEPTED",
       2,
       {kA}},
      {"an acceptance before it cannot be sent again",
       false,
       {{Action::kAccept, kA, 1, 0, 9, "OK"}, {Action::kResend, "", 0, 0, 9, "OK PENDING 2"}},
       "PENDING",
       2,
       {kA}},
      {"accepted behind its time",
       false,
       {{Action::kRunOut, "", 0, 0, 1, "OK"}, {Action::kAccept, kA, 1, 2, 3, "OK"}},
       "ACCEPTED",
       1,
       {kA}},
      {"accepted and then taken back",
       false,
       {{Action::kAccept, kA, 1, 0, 9, "OK"}, {Action::kRevoke, "", 0, 0, 9, "OK"}},
       "REVOKED",
       1,
       {kA}},
      {"declined and extended, in this order only",
       true,
       {{Action::kDecline, kA, 1, 0, 9, "OK"}, {Action::kExtend, "", 0, 0, 9, "OK"}},
       "DECLINED",
       1,
       {},
       {kA}},
      {"extended behind the decline",
       false,
       {{Action::kDecline, kA, 1, 0, 1, "OK"}, {Action::kExtend, "", 0, 2, 3, "OK"}},
       "DECLINED",
       1,
       {},
       {kA}},
      {"another end than the row's", false, {{Action::kAccept, kA, 1, 0, 9, "OK"}}, "PENDING"}};
  for (const History& history : histories) {
    EXPECT_EQ(IsExplained(Invitation::TARGETED, history), history.is_explained) << history.rule;
  }
}

TEST(ExplainTest, OfOneForTwo) {
  const std::string third = "c";
  const std::vector<History> histories = {
      {"two and no third",
       true,
       {{Action::kAccept, kA, 1, 0, 9, "OK"},
        {Action::kAccept, kB, 1, 0, 9, "OK"},
        {Action::kAccept, third, 1, 0, 9, "INVITATION_EXHAUSTED"}},
       "EXHAUSTED",
       1,
       {kA, kB}},
      {"a third",
       false,
       {{Action::kAccept, kA, 1, 0, 9, "OK"},
        {Action::kAccept, kB, 1, 0, 9, "OK"},
        {Action::kAccept, third, 1, 0, 9, "OK"}},
       "EXHAUSTED",
       1,
       {kA, kB, third}},
      {"who declined does not accept",
       false,
       {{Action::kDecline, kA, 1, 0, 1, "OK"}, {Action::kAccept, kA, 1, 2, 3, "OK"}},
       "PENDING",
       1,
       {kA},
       {kA}},
      {"another does",
       true,
       {{Action::kDecline, kA, 1, 0, 1, "OK"}, {Action::kAccept, kB, 1, 2, 3, "OK"}},
       "PENDING",
       1,
       {kB},
       {kA}}};
  for (const History& history : histories) {
    EXPECT_EQ(IsExplained(Invitation::OPEN, history), history.is_explained) << history.rule;
  }
}

}  // namespace
}  // namespace partnerlink::invitation::histories::explained_histories_test
