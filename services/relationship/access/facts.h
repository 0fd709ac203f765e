// The facts that a call's questions are decided on, all of one moment.
#pragma once

#include "absl/status/statusor.h"
#include "google/protobuf/repeated_ptr_field.h"
#include "services/relationship/access/rules.h"
#include "services/relationship/deps.h"

namespace partnerlink::relationship::access {

// What `principal` holds of the customers that the questions are about. Only partners hold
// anything: for others the database is not asked.
absl::StatusOr<FactsByCustomer> FactsFor(
    const CallContext& context, const Deps& deps, const Principal& principal,
    const google::protobuf::RepeatedPtrField<v1::AccessQuestion>& questions);

// The token that an answer carries: the one that the call came with, as a later read with it sees
// no older state; otherwise a new one, which names no change and so nothing to wait for.
std::string TokenAfter(const std::string& asked);

}  // namespace partnerlink::relationship::access
