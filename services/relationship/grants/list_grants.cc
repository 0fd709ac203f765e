// The grants of a partner or of a customer, newest first; what is over stays listed. A customer
// sees no drafts. An operator may ask for everybody's.
#include "common/status/status.h"
#include "services/relationship/grants/handlers.h"
#include "services/relationship/grants/rules.h"
#include "services/relationship/grants/store.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateListGrants(const v1::ListGrantsRequest& request) {
  return paging::NewestFirst::Validate(request, kListParents, ListFields());
}

absl::StatusOr<v1::ListGrantsResponse> ListGrants(const CallContext& context, const Deps& deps,
                                                  const v1::ListGrantsRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list,
      paging::NewestFirst::Open(deps.page_tokens, context, request, kListParents, ListFields()));
  const Drafts drafts = SeesDrafts(context.principal) ? Drafts::kShown : Drafts::kHidden;
  return postgres::Read<v1::ListGrantsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListGrantsResponse> {
        v1::ListGrantsResponse response;
        response.set_next_page_token(
            list.Cut(List(transaction, list, drafts), *response.mutable_grants()));
        return response;
      });
}

}  // namespace partnerlink::relationship::grants
