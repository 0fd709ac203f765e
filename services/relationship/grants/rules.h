// What a grant may hold, and who sees it. Pure functions.
#pragma once

#include <string>

#include "common/context/call_context.h"
#include "common/status/status.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::relationship::grants {

// NOT_FOUND unless the reader is the grant's partner, its customer or an operator.
absl::Status CheckReader(const Principal& reader, const v1::Grant& grant);

// Adds what breaks the documented shape of the terms; `path` is the field that holds them.
void CheckTerms(const v1::EstablishRelationshipsRequest::GrantTerms& terms, const std::string& path,
                FieldViolations& violations);

// The grant as it is to be created, ACTIVE, what the terms leave open filled in.
v1::Grant ToCreate(const v1::EstablishRelationshipsRequest::GrantTerms& terms,
                   const std::string& customer, const std::string& invitation);

}  // namespace partnerlink::relationship::grants
