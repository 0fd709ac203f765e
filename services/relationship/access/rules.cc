#include "services/relationship/access/rules.h"

#include "common/request/request.h"
#include "common/validation/accounts.h"

namespace partnerlink::relationship::access {
namespace {

using partnerlink::access::Decide;
using partnerlink::access::Decision;
using partnerlink::access::FindPermission;
using partnerlink::access::Permission;

}  // namespace

void CheckPrincipal(bool given, const v1::AccessPrincipal& principal, FieldViolations& violations) {
  if (!given) return;
  const AccountFamily family = validation::FamilyOf(principal.account());
  if (family == AccountFamily::kNone) {
    violations.Add("principal.account", "is not partners/{id}, customers/{id} or operators");
  }
  if (principal.roles().empty()) violations.Add("principal.roles", "must name at least one role");
  for (const std::string& role : principal.roles()) {
    if (family == AccountFamily::kNone || validation::IsRoleOf(family, role)) continue;
    violations.Add("principal.roles", "names a role that such an account does not have");
    break;
  }
}

void CheckQuestion(const v1::AccessQuestion& question, const std::string& path,
                   FieldViolations& violations) {
  const Permission* permission = FindPermission(question.permission());
  if (permission == nullptr) violations.Add(path + "permission", "is not a known permission");
  const bool about_nobody = permission != nullptr && !permission->needs_customer;
  if (!about_nobody && !request::IsAccountName(question.customer(), "customers")) {
    violations.Add(path + "customer", "is not of the form customers/{id}");
  }
}

absl::StatusOr<Principal> Asker(const CallContext& context, bool given,
                                const v1::AccessPrincipal& principal) {
  const bool is_peer = context.principal.family == AccountFamily::kNone;
  FieldViolations violations;
  if (is_peer && !given) violations.Add("principal", "is required of services");
  if (!is_peer && given) violations.Add("principal", "is for services: others ask for themselves");
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  if (!is_peer) return context.principal;
  Principal asker;
  asker.account = principal.account();
  asker.family = validation::FamilyOf(asker.account);
  asker.roles = {principal.roles().begin(), principal.roles().end()};
  return asker;
}

std::string CustomerOf(const v1::AccessQuestion& question) {
  const Permission* permission = FindPermission(question.permission());
  return permission->needs_customer ? question.customer() : "";
}

v1::AccessDecision Answer(const Principal& principal, const v1::AccessQuestion& question,
                          const FactsByCustomer& facts) {
  const std::string customer = CustomerOf(question);
  const Decision decision =
      Decide(principal, {*FindPermission(question.permission()), customer}, facts.at(customer));
  v1::AccessDecision answer;
  answer.set_allowed(decision.allowed);
  answer.set_basis(decision.basis);
  answer.set_reason(decision.reason);
  return answer;
}

}  // namespace partnerlink::relationship::access
