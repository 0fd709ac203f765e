#include "services/relationship/access/facts.h"

#include <set>

#include "common/access/store.h"
#include "common/identifier/uuid.h"
#include "common/outbox/consistency_token.h"

namespace partnerlink::relationship::access {

absl::StatusOr<FactsByCustomer> FactsFor(
    const CallContext& context, const Deps& deps, const Principal& principal,
    const google::protobuf::RepeatedPtrField<v1::AccessQuestion>& questions) {
  std::set<std::string> customers;
  for (const v1::AccessQuestion& question : questions) customers.insert(CustomerOf(question));
  const std::vector<std::string> asked(customers.begin(), customers.end());
  if (principal.family != AccountFamily::kPartner) {
    FactsByCustomer nothing;
    for (const std::string& customer : asked) nothing[customer];
    return nothing;
  }
  return postgres::Transact<FactsByCustomer>(
      deps.pool,
      // That the partner is suspended is part of the answer.
      {principal.account, context.deadline, postgres::Access::kOneStatement,
       postgres::Standing::kAny},
      [&](postgres::Transaction& transaction) -> absl::StatusOr<FactsByCustomer> {
        return partnerlink::access::FindFacts(transaction, asked);
      });
}

std::string TokenAfter(const std::string& asked) {
  return asked.empty() ? outbox::ToConsistencyToken(NewUuid()) : asked;
}

}  // namespace partnerlink::relationship::access
