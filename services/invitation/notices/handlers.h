// The RPC on notices. Validate… checks a request's shape only and reports all violations at once;
// the handler runs on a worker. Refusal reasons: see invitation_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"
#include "services/invitation/deps.h"

namespace partnerlink::invitation::notices {

absl::Status ValidateQueueNotice(const v1::QueueNoticeRequest& request);
absl::StatusOr<v1::QueueNoticeResponse> QueueNotice(const CallContext& context, const Deps& deps,
                                                    const v1::QueueNoticeRequest& request);

}  // namespace partnerlink::invitation::notices
