// What waits for a provider's consent, newest first. The customer's mail address is masked: it is
// the reseller's.
#include "common/status/status.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::invitations {
namespace {

paging::ListRequest ListOf(const v1::ListProviderInboxRequest& request) {
  return {request.parent(), "", request.page_token(), request.page_size()};
}

}  // namespace

absl::Status ValidateListProviderInbox(const v1::ListProviderInboxRequest& request) {
  return paging::NewestFirst::Validate(ListOf(request), kListParents, {});
}

absl::StatusOr<v1::ListProviderInboxResponse> ListProviderInbox(
    const CallContext& context, const Deps& deps, const v1::ListProviderInboxRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list,
      paging::NewestFirst::Open(deps.page_tokens, context, ListOf(request), kListParents, {}));
  return postgres::Read<v1::ListProviderInboxResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListProviderInboxResponse> {
        v1::ListProviderInboxResponse response;
        response.set_next_page_token(
            list.Cut(ListInbox(transaction, list), *response.mutable_invitations()));
        for (v1::Invitation& listed : *response.mutable_invitations()) MaskEmailAddress(listed);
        return response;
      });
}

}  // namespace partnerlink::invitation::invitations
