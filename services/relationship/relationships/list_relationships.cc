// The relationships of a partner or of a customer, newest first; what has ended stays listed. An
// operator may ask for everybody's.
#include "common/status/status.h"
#include "services/relationship/relationships/handlers.h"
#include "services/relationship/relationships/store.h"

namespace partnerlink::relationship::relationships {
namespace {

constexpr std::string_view kParents[] = {"partners", "customers"};

}  // namespace

absl::Status ValidateListRelationships(const v1::ListRelationshipsRequest& request) {
  return paging::NewestFirst::Validate(request, kParents, ListFields());
}

absl::StatusOr<v1::ListRelationshipsResponse> ListRelationships(
    const CallContext& context, const Deps& deps, const v1::ListRelationshipsRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list,
      paging::NewestFirst::Open(deps.page_tokens, context, request, kParents, ListFields()));
  return postgres::Read<v1::ListRelationshipsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListRelationshipsResponse> {
        v1::ListRelationshipsResponse response;
        response.set_next_page_token(
            list.Cut(List(transaction, list), *response.mutable_relationships()));
        return response;
      });
}

}  // namespace partnerlink::relationship::relationships
