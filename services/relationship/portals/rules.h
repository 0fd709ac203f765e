// What a portal record is, and what becomes of it. Pure functions, and the one place that names the
// refusals.
#pragma once

#include <optional>
#include <string>

#include "common/status/status.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::relationship::portals {

inline constexpr int kMostRecords = 1000;  // of a chunk

// Adds what breaks the documented shape of a chunk, but for its records'.
void CheckChunk(const v1::ImportPortalCustomersRequest& request, FieldViolations& violations);

// FIELD_INVALID with all that breaks the documented shape of a record.
absl::Status CheckRecord(const v1::PortalRecord& record);

// The record as it is kept: its company in the form in which companies are.
v1::PortalRecord ToKeep(const v1::PortalRecord& record);

// WRONG_KIND where the partner cannot have customers recorded for it.
std::optional<ErrorReason> WhyNot(const v1::Partner& partner);

// What is asked of the partner's relationships for its record.
v1::EstablishRelationshipsRequest ToEstablish(const v1::PortalRecord& record,
                                              const v1::Partner& partner);

// The record after that was answered; none while the partner is suspended: it waits.
std::optional<v1::PortalRecord> After(const v1::PortalRecord& record,
                                      const v1::EstablishRelationshipsResponse::Edge& edge);

// The record that is refused.
v1::PortalRecord Refused(const v1::PortalRecord& record, ErrorReason reason);

// Whether a record may go from one state to another; STATE_UNSPECIFIED: it is new.
bool MayBecome(v1::PortalRecord::State from, v1::PortalRecord::State to);

}  // namespace partnerlink::relationship::portals
