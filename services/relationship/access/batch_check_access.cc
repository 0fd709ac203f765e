// CheckAccess for many questions at once, all answered from one state of the database.
#include "absl/strings/str_cat.h"
#include "services/relationship/access/facts.h"
#include "services/relationship/access/handlers.h"

namespace partnerlink::relationship::access {
namespace {

constexpr int kMostQuestions = 1000;

}  // namespace

absl::Status ValidateBatchCheckAccess(const v1::BatchCheckAccessRequest& request) {
  FieldViolations violations;
  CheckPrincipal(request.has_principal(), request.principal(), violations);
  if (request.questions().empty() || request.questions_size() > kMostQuestions) {
    violations.Add("questions", "must be 1 to 1,000");
    return violations.ToStatus();
  }
  for (int i = 0; i < request.questions_size(); ++i) {
    CheckQuestion(request.questions(i), absl::StrCat("questions[", i, "]."), violations);
  }
  return violations.ToStatus();
}

absl::StatusOr<v1::BatchCheckAccessResponse> BatchCheckAccess(
    const CallContext& context, const Deps& deps, const v1::BatchCheckAccessRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(const Principal asker,
                               Asker(context, request.has_principal(), request.principal()));
  PARTNERLINK_ASSIGN_OR_RETURN(const FactsByCustomer facts,
                               FactsFor(context, deps, asker, request.questions()));
  v1::BatchCheckAccessResponse response;
  for (const v1::AccessQuestion& question : request.questions()) {
    *response.add_decisions() = Answer(asker, question, facts);
  }
  response.set_consistency_token(TokenAfter(request.consistency_token()));
  return response;
}

}  // namespace partnerlink::relationship::access
