// The partner that has the subscription keeps it. That needs no relationship: a no is never in the
// way of anything.
#include "services/directory/transfers/change.h"
#include "services/directory/transfers/handlers.h"

namespace partnerlink::directory::transfers {

absl::Status ValidateRefuseTransfer(const v1::RefuseTransferRequest& request) {
  return CheckChange(request);
}

absl::StatusOr<v1::Transfer> RefuseTransfer(const CallContext& context, const Deps& deps,
                                            const v1::RefuseTransferRequest& request) {
  return Close(context, deps, request, Action::kRefuse);
}

}  // namespace partnerlink::directory::transfers
