// The transfers of a partner, on whichever side of them it stands, newest first; what is over stays
// listed.
#include "common/status/status.h"
#include "services/directory/transfers/handlers.h"
#include "services/directory/transfers/store.h"

namespace partnerlink::directory::transfers {
namespace {

constexpr std::string_view kParents[] = {"partners"};

}  // namespace

absl::Status ValidateListTransfers(const v1::ListTransfersRequest& request) {
  return paging::NewestFirst::Validate(request, kParents, ListFields());
}

absl::StatusOr<v1::ListTransfersResponse> ListTransfers(const CallContext& context,
                                                        const Deps& deps,
                                                        const v1::ListTransfersRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list,
      paging::NewestFirst::Open(deps.page_tokens, context, request, kParents, ListFields()));
  return postgres::Read<v1::ListTransfersResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListTransfersResponse> {
        v1::ListTransfersResponse response;
        response.set_next_page_token(
            list.Cut(List(transaction, list), *response.mutable_transfers()));
        return response;
      });
}

}  // namespace partnerlink::directory::transfers
