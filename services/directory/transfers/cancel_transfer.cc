// The partner that asked for the subscription takes that back, before it is answered.
#include "services/directory/transfers/change.h"
#include "services/directory/transfers/handlers.h"

namespace partnerlink::directory::transfers {

absl::Status ValidateCancelTransfer(const v1::CancelTransferRequest& request) {
  return CheckChange(request);
}

absl::StatusOr<v1::Transfer> CancelTransfer(const CallContext& context, const Deps& deps,
                                            const v1::CancelTransferRequest& request) {
  return Close(context, deps, request, Action::kCancel);
}

}  // namespace partnerlink::directory::transfers
