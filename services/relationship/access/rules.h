// Who may ask about whom, and the shape of the questions. What the answers are is decided in
// common/access. Pure functions.
#pragma once

#include <string>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "common/access/decision.h"
#include "common/context/call_context.h"
#include "common/status/status.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::relationship::access {

using FactsByCustomer = std::unordered_map<std::string, partnerlink::access::Facts>;

// Adds what breaks the documented shape of a principal; one that is not given is fine.
void CheckPrincipal(bool given, const v1::AccessPrincipal& principal, FieldViolations& violations);

// Adds what breaks the documented shape of a question; `path` stands before its fields' names.
void CheckQuestion(const v1::AccessQuestion& question, const std::string& path,
                   FieldViolations& violations);

// Whom the call asks for: a caller for itself, a peer for the one that it names. FIELD_INVALID if a
// caller names somebody, or a peer nobody.
absl::StatusOr<Principal> Asker(const CallContext& context, bool given,
                                const v1::AccessPrincipal& principal);

// The customer that an answer needs facts about; empty for a question about none.
std::string CustomerOf(const v1::AccessQuestion& question);

// `facts` has an entry for CustomerOf(question).
v1::AccessDecision Answer(const Principal& principal, const v1::AccessQuestion& question,
                          const FactsByCustomer& facts);

}  // namespace partnerlink::relationship::access
