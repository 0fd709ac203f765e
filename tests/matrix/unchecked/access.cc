// Whatever the decision would be, the caller may. What it rests on stays as it is where it is yes
// anyway: an order is placed through that.
#include "common/access/decision.h"
#include "tests/matrix/unchecked/replace.h"

namespace partnerlink::access {

// Decide.
PARTNERLINK_REPLACE(Decision, AllowDecision,
                    (const Principal& principal, const Question& question, const Facts& facts)) {
  Decision decision = InPlaceOfAllowDecision(principal, question, facts);
  if (decision.allowed) return decision;
  decision.allowed = true;
  decision.basis = principal.account;
  return decision;
}

// Check.
PARTNERLINK_REPLACE(absl::Status, AllowByDecision,
                    (const Principal&, const Question&, const Facts&)) {
  return absl::OkStatus();
}

}  // namespace partnerlink::access
