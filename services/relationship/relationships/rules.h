// When a relationship comes to be, and with what. Pure functions, and the one place that names the
// refusals.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "common/context/call_context.h"
#include "common/status/status.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::relationship::relationships {

// The UUID of `relationships/{uuid}`; none for anything else.
std::optional<std::string> ParseName(std::string_view name);

// NOT_FOUND unless the reader is the relationship's partner, its customer or an operator.
absl::Status CheckReader(const Principal& reader, const v1::Relationship& relationship);

// Adds what breaks the documented shape of the request, but for the grant's own terms.
void CheckShape(const v1::EstablishRelationshipsRequest& request, FieldViolations& violations);

// The edge as it is to be created.
v1::Relationship ToEstablish(const v1::EstablishRelationshipsRequest& request,
                             const v1::EstablishRelationshipsRequest::Edge& edge);

// What becomes of an edge: its partner (null: not enrolled), whether customer and partner are of
// the same region.
struct Ground {
  const v1::Partner* partner = nullptr;
  bool same_region = false;
};

// Why the partner can have no relationship with the customer: PARTNER_SUSPENDED or REGION; none if
// it can.
std::optional<ErrorReason> WhyNot(const Ground& ground);

// What an edge's answer says of the one that is in force now.
v1::EstablishRelationshipsResponse::Edge Established(const v1::Relationship& created);
// Of the one that was there before: RELATIONSHIP_EXISTS.
v1::EstablishRelationshipsResponse::Edge Exists(const v1::Relationship& live);
// Of the one that will not be.
v1::EstablishRelationshipsResponse::Edge Refused(const v1::Relationship& wanted,
                                                 ErrorReason reason);

// Whether the partner gets its grant: not if it can have no relationship with the customer; an edge
// that was there before is no hindrance.
bool MayHoldGrant(const v1::EstablishRelationshipsResponse& response, std::string_view partner);

}  // namespace partnerlink::relationship::relationships
