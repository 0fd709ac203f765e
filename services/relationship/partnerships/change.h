// What suspending, resuming and ending a partnership share.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/request/asked_change.h"
#include "partnerlink/relationship/v1/relationship.pb.h"
#include "services/relationship/deps.h"
#include "services/relationship/partnerships/rules.h"

namespace partnerlink::relationship::partnerships {

// FIELD_INVALID with every violation.
absl::Status CheckChange(const request::AskedChange& change);

// In this order: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_TRANSITION. Waits for the transactions
// that rest on the partnership: nothing that needs it to be ACTIVE comes after the answer.
absl::StatusOr<v1::Partnership> ChangeState(const CallContext& context, const Deps& deps,
                                            const request::AskedChange& change, Action action);

}  // namespace partnerlink::relationship::partnerships
