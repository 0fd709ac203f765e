// Whether a company is a customer already: the caller's own, or that of a partner of its own. Of
// all others' customers nobody is told that they exist: the answer, and the work for it, is that of
// a company that nobody knows.
#include <algorithm>

#include "common/access/decision.h"
#include "common/access/permission.h"
#include "common/access/store.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/customers/rules.h"
#include "services/directory/customers/store.h"

namespace partnerlink::directory::customers {

absl::Status ValidateCheckCustomerExists(const v1::CheckCustomerExistsRequest& request) {
  FieldViolations violations;
  CheckKey(request, violations);
  return violations.ToStatus();
}

absl::StatusOr<v1::CheckCustomerExistsResponse> CheckCustomerExists(
    const CallContext& context, const Deps& deps, const v1::CheckCustomerExistsRequest& request) {
  using Response = v1::CheckCustomerExistsResponse;
  return postgres::Read<Response>(
      deps.pool, context, [&](postgres::Transaction& transaction) -> absl::StatusOr<Response> {
        const Whose whose = FindWhose(transaction, KeyOf(request));
        const auto facts = access::FindFacts(transaction, whose.own);
        const bool is_own =
            std::any_of(facts.begin(), facts.end(), [&](const auto& held_of_customer) {
              const auto& [customer, held] = held_of_customer;
              return access::Decide(context.principal, {access::CustomerView(), customer}, held)
                  .allowed;
            });
        Response response;
        response.set_existence(ExistenceOf(is_own || whose.is_just_created, whose.is_of_partner));
        return response;
      });
}

}  // namespace partnerlink::directory::customers
