// The rights that a relationship has left behind: grants in force of a partner that has no
// relationship with their customer any more. Nobody keeps a list of them: it is what is so now.
#include "common/status/status.h"
#include "services/relationship/grants/handlers.h"
#include "services/relationship/grants/store.h"

namespace partnerlink::relationship::grants {

absl::Status ValidateListLeftBehindGrants(const v1::ListLeftBehindGrantsRequest& request) {
  return paging::NewestFirst::Validate(request, kListParents, ListFields());
}

absl::StatusOr<v1::ListLeftBehindGrantsResponse> ListLeftBehindGrants(
    const CallContext& context, const Deps& deps, const v1::ListLeftBehindGrantsRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list,
      paging::NewestFirst::Open(deps.page_tokens, context, request, kListParents, ListFields()));
  return postgres::Read<v1::ListLeftBehindGrantsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListLeftBehindGrantsResponse> {
        v1::ListLeftBehindGrantsResponse response;
        response.set_next_page_token(
            list.Cut(ListLeftBehind(transaction, list), *response.mutable_grants()));
        return response;
      });
}

}  // namespace partnerlink::relationship::grants
