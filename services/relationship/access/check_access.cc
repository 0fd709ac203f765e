// May this principal do that with this customer now, and by what, or why not. Answered from the
// database as it is, by the same decision that every service takes inside its own transaction.
#include "services/relationship/access/facts.h"
#include "services/relationship/access/handlers.h"

namespace partnerlink::relationship::access {
namespace {

v1::AccessQuestion QuestionOf(const v1::CheckAccessRequest& request) {
  v1::AccessQuestion question;
  question.set_permission(request.permission());
  question.set_customer(request.customer());
  return question;
}

}  // namespace

absl::Status ValidateCheckAccess(const v1::CheckAccessRequest& request) {
  FieldViolations violations;
  CheckPrincipal(request.has_principal(), request.principal(), violations);
  CheckQuestion(QuestionOf(request), "", violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::CheckAccessResponse> CheckAccess(const CallContext& context, const Deps& deps,
                                                    const v1::CheckAccessRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(const Principal asker,
                               Asker(context, request.has_principal(), request.principal()));
  google::protobuf::RepeatedPtrField<v1::AccessQuestion> questions;
  *questions.Add() = QuestionOf(request);
  PARTNERLINK_ASSIGN_OR_RETURN(const FactsByCustomer facts,
                               FactsFor(context, deps, asker, questions));
  v1::AccessDecision decision = Answer(asker, questions[0], facts);
  v1::CheckAccessResponse response;
  response.set_allowed(decision.allowed());
  response.set_basis(std::move(*decision.mutable_basis()));
  response.set_reason(decision.reason());
  response.set_consistency_token(TokenAfter(request.consistency_token()));
  return response;
}

}  // namespace partnerlink::relationship::access
