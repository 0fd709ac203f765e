// What a grant may hold. Pure functions.
#pragma once

#include <string>

#include "common/status/status.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::relationship::grants {

// Adds what breaks the documented shape of the terms; `path` is the field that holds them.
void CheckTerms(const v1::EstablishRelationshipsRequest::GrantTerms& terms, const std::string& path,
                FieldViolations& violations);

// The grant as it is to be created, ACTIVE, what the terms leave open filled in.
v1::Grant ToCreate(const v1::EstablishRelationshipsRequest::GrantTerms& terms,
                   const std::string& customer, const std::string& invitation);

}  // namespace partnerlink::relationship::grants
