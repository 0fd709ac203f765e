// What suspending and resuming a relationship share.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/request/asked_change.h"
#include "partnerlink/relationship/v1/relationship.pb.h"
#include "services/relationship/deps.h"
#include "services/relationship/relationships/rules.h"

namespace partnerlink::relationship::relationships {

// FIELD_INVALID with every violation.
absl::Status CheckPause(const request::AskedChange& change);

// In this order: RESOURCE_NOT_FOUND, PERMISSION_MISSING, ETAG_MISMATCH, STATE_TRANSITION. Waits for
// the transactions that order or change something through the relationship: none comes after the
// answer.
absl::StatusOr<v1::Relationship> ChangePause(const CallContext& context, const Deps& deps,
                                             const request::AskedChange& change, Action action);

}  // namespace partnerlink::relationship::relationships
