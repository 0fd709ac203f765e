// The RPCs on transfers of subscriptions between partners. Validate… checks a request's shape only
// and reports all violations at once; the handlers run on a worker. Refusal reasons: see
// customer_directory_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "services/directory/deps.h"

namespace partnerlink::directory::transfers {

absl::Status ValidateRequestTransfer(const v1::RequestTransferRequest& request);
absl::StatusOr<v1::Transfer> RequestTransfer(const CallContext& context, const Deps& deps,
                                             const v1::RequestTransferRequest& request);

absl::Status ValidateAcceptTransfer(const v1::AcceptTransferRequest& request);
absl::StatusOr<v1::Transfer> AcceptTransfer(const CallContext& context, const Deps& deps,
                                            const v1::AcceptTransferRequest& request);

absl::Status ValidateRefuseTransfer(const v1::RefuseTransferRequest& request);
absl::StatusOr<v1::Transfer> RefuseTransfer(const CallContext& context, const Deps& deps,
                                            const v1::RefuseTransferRequest& request);

absl::Status ValidateCancelTransfer(const v1::CancelTransferRequest& request);
absl::StatusOr<v1::Transfer> CancelTransfer(const CallContext& context, const Deps& deps,
                                            const v1::CancelTransferRequest& request);

absl::Status ValidateGetTransfer(const v1::GetTransferRequest& request);
absl::StatusOr<v1::Transfer> GetTransfer(const CallContext& context, const Deps& deps,
                                         const v1::GetTransferRequest& request);

absl::Status ValidateListTransfers(const v1::ListTransfersRequest& request);
absl::StatusOr<v1::ListTransfersResponse> ListTransfers(const CallContext& context,
                                                        const Deps& deps,
                                                        const v1::ListTransfersRequest& request);

}  // namespace partnerlink::directory::transfers
