// A customer, for a partner with a relationship that is not over or a grant in force, for the
// customer itself and for operators. For everyone else it does not exist.
#include "common/access/store.h"
#include "common/request/request.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/customers/rules.h"
#include "services/directory/customers/store.h"
#include "services/directory/subscriptions/store.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::customers {
namespace {

Counts CountWhatIsSeen(postgres::Transaction& transaction, const Principal& reader,
                       const std::string& customer) {
  const Counted counted =
      WhatIsCounted(reader, customer, access::FindFacts(transaction, reader, customer));
  Counts counts;
  if (counted.subscriptions) {
    counts.subscriptions = subscriptions::CountActive(transaction, customer);
  }
  if (counted.users) counts.users = users::Count(transaction, customer);
  return counts;
}

}  // namespace

absl::Status ValidateGetCustomer(const v1::GetCustomerRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.name(), "customers")) {
    violations.Add("name", "is not of the form customers/{id}");
  }
  if (!v1::CustomerView_IsValid(request.view())) violations.Add("view", "is not a known view");
  return violations.ToStatus();
}

absl::StatusOr<v1::Customer> GetCustomer(const CallContext& context, const Deps& deps,
                                         const v1::GetCustomerRequest& request) {
  const std::string partner = PartnerOf(context.principal);
  return postgres::Read<v1::Customer>(
      deps.pool, context, [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::Customer> {
        std::vector<v1::Customer> found = Find(transaction, {request.name()}, partner);
        if (found.empty()) return NotFound();
        v1::Customer& customer = found.front();
        const std::vector<relationship::v1::Grant> grants =
            FindGrantsInForce(transaction, request.name(), partner);
        PARTNERLINK_RETURN_IF_ERROR(CheckReader(context.principal, customer, grants));
        if (request.view() == v1::FULL) {
          Complete(context.principal, grants,
                   CountWhatIsSeen(transaction, context.principal, request.name()), customer);
        }
        return std::move(customer);
      });
}

}  // namespace partnerlink::directory::customers
