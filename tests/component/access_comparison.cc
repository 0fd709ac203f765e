#include "tests/component/access_comparison.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "partnerlink/common/v1/error_reason.pb.h"

namespace partnerlink::access_model {

using relationship::v1::AccessDecision;
using relationship::v1::AccessQuestion;

namespace {

constexpr int kMostShown = 5;

bool Agrees(const AccessDecision& decision, const Verdict& verdict) {
  if (decision.allowed() != verdict.allowed) return false;
  if (verdict.allowed) {
    return verdict.bases.contains(decision.basis()) &&
           decision.reason() == common::v1::ERROR_REASON_UNSPECIFIED;
  }
  return decision.basis().empty() &&
         common::v1::ErrorReason_Name(decision.reason()) == verdict.reason;
}

}  // namespace

std::string Show(const Verdict& verdict) {
  return verdict.allowed ? absl::StrCat("allowed by one of ", absl::StrJoin(verdict.bases, " "))
                         : verdict.reason;
}

std::string Show(const AccessDecision& decision) {
  return decision.allowed() ? absl::StrCat("allowed by ", decision.basis())
                            : common::v1::ErrorReason_Name(decision.reason());
}

std::string Show(const Holdings& holdings) {
  std::string shown;
  for (const Edge& edge : holdings.edges) {
    absl::StrAppend(&shown, "\n    ", edge.name, " ", edge.type, " ", edge.state,
                    edge.end_has_come ? " over" : "", edge.takes_grants ? " takes the grants" : "");
  }
  for (const Grant& grant : holdings.grants) {
    absl::StrAppend(&shown, "\n    ", grant.name, " ", grant.state,
                    grant.end_has_come ? " over" : "", grant.extends ? " extends" : "", " ",
                    absl::StrJoin(grant.roles, " "));
  }
  return shown;
}

void Comparison::Take(const Asker& asker, const AccessQuestion& question, const Holdings& holdings,
                      const AccessDecision& decision) {
  const auto judge = [&](Fault fault) {
    return Judge(asker, question.permission(), question.customer(), holdings, fault);
  };
  ++compared_;
  const Verdict verdict = judge(Fault::kNone);
  if (verdict.allowed) ++allowed_;
  if (!Agrees(decision, verdict) && ++mismatches_ <= kMostShown) {
    absl::StrAppend(&shown_, "\n  ", asker.account, " [", absl::StrJoin(asker.roles, " "),
                    asker.active ? "] " : "] suspended ", question.permission(), " ",
                    question.customer(), Show(holdings), "\n    answer: ", Show(decision),
                    "\n    model:  ", Show(verdict));
  }
  std::erase_if(not_found_, [&](Fault fault) { return !Agrees(decision, judge(fault)); });
}

}  // namespace partnerlink::access_model
