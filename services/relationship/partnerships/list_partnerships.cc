// The partnerships of a partner, on whichever side of them it stands, newest first; what has ended
// stays listed. An operator may ask for everybody's.
#include "common/status/status.h"
#include "services/relationship/partnerships/handlers.h"
#include "services/relationship/partnerships/store.h"

namespace partnerlink::relationship::partnerships {
namespace {

constexpr std::string_view kParents[] = {"partners"};

}  // namespace

absl::Status ValidateListPartnerships(const v1::ListPartnershipsRequest& request) {
  return paging::NewestFirst::Validate(request, kParents, ListFields());
}

absl::StatusOr<v1::ListPartnershipsResponse> ListPartnerships(
    const CallContext& context, const Deps& deps, const v1::ListPartnershipsRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list,
      paging::NewestFirst::Open(deps.page_tokens, context, request, kParents, ListFields()));
  return postgres::Read<v1::ListPartnershipsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListPartnershipsResponse> {
        v1::ListPartnershipsResponse response;
        response.set_next_page_token(
            list.Cut(List(transaction, list), *response.mutable_partnerships()));
        return response;
      });
}

}  // namespace partnerlink::relationship::partnerships
