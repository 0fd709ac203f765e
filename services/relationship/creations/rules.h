// What comes with customers that a partner has created. Pure functions. Why there can be no
// relationship to one is decided as for any other: see relationships/rules.h.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/status/status.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::relationship::creations {

// At once: as many as the locks of a transaction may be, beside those of others.
inline constexpr int kMostCustomers = 250;

// Adds what breaks the documented shape of the request, but for the grants' roles.
void CheckShape(const v1::EstablishCreatedCustomersRequest& request, FieldViolations& violations);

// Of what Directory hears of many created customers in one.
inline constexpr char kEstablished[] = "created_customers.established";

// Whether an event is that.
bool AreCreated(std::string_view event);

// What all the relationships have in common.
v1::Relationship RelationshipOf(const v1::EstablishCreatedCustomersRequest& request);

// What a grant is given by.
v1::EstablishRelationshipsRequest::GrantTerms TermsOf(
    const v1::EstablishCreatedCustomersRequest& request);

// Whether the customer's grant is asked for.
bool HasGrant(const v1::EstablishCreatedCustomersRequest& request,
              const v1::EstablishCreatedCustomersRequest::Customer& customer);

}  // namespace partnerlink::relationship::creations
