// What suspending a partner and resuming it share.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/request/asked_change.h"
#include "partnerlink/relationship/v1/relationship.pb.h"
#include "services/relationship/deps.h"
#include "services/relationship/partners/rules.h"

namespace partnerlink::relationship::partners {

// FIELD_INVALID with every violation.
absl::Status CheckStandingChange(const request::AskedChange& change);

// In this order: RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_TRANSITION. Waits for the transactions of
// the partner that are writing: nothing of a suspended one comes after the answer.
absl::StatusOr<v1::Partner> ChangeStanding(const CallContext& context, const Deps& deps,
                                           const request::AskedChange& change, Action action);

}  // namespace partnerlink::relationship::partners
