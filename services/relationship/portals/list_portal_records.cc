// The records of the customers that a partner serves in other portals, newest first, with what has
// become of each. An operator may ask for everybody's, and for those of numbers without a partner.
#include "common/status/status.h"
#include "services/relationship/portals/handlers.h"
#include "services/relationship/portals/store.h"

namespace partnerlink::relationship::portals {
namespace {

constexpr std::string_view kParents[] = {"partners"};

}  // namespace

absl::Status ValidateListPortalRecords(const v1::ListPortalRecordsRequest& request) {
  return paging::NewestFirst::Validate(request, kParents, ListFields());
}

absl::StatusOr<v1::ListPortalRecordsResponse> ListPortalRecords(
    const CallContext& context, const Deps& deps, const v1::ListPortalRecordsRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list,
      paging::NewestFirst::Open(deps.page_tokens, context, request, kParents, ListFields()));
  return postgres::Read<v1::ListPortalRecordsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListPortalRecordsResponse> {
        v1::ListPortalRecordsResponse response;
        response.set_next_page_token(
            list.Cut(List(transaction, list), *response.mutable_portal_records()));
        return response;
      });
}

}  // namespace partnerlink::relationship::portals
