// How many seats each subscription of a customer has, and how many of them are somebody's.
#include "common/access/store.h"
#include "common/paging/paging.h"
#include "services/directory/licenses/handlers.h"
#include "services/directory/licenses/store.h"

namespace partnerlink::directory::licenses {

absl::Status ValidateListLicenseCounts(const v1::ListLicenseCountsRequest& request) {
  return paging::CheckList(request.parent(), kListParents, request.page_size());
}

absl::StatusOr<v1::ListLicenseCountsResponse> ListLicenseCounts(
    const CallContext& context, const Deps& deps, const v1::ListLicenseCountsRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(const int page_size, paging::PageSize(request.page_size()));
  const paging::Query query{context.method, context.principal.account, request.parent()};
  PARTNERLINK_ASSIGN_OR_RETURN(const std::vector<std::string> position,
                               deps.page_tokens.Open(query, request.page_token()));
  const std::string after = position.empty() ? kBeforeAll : position.front();
  return postgres::Read<v1::ListLicenseCountsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListLicenseCountsResponse> {
        PARTNERLINK_RETURN_IF_ERROR(
            access::Check(context.principal, {access::LicenseView(), request.parent()},
                          access::FindFacts(transaction, context.principal, request.parent())));
        v1::ListLicenseCountsResponse response;
        for (v1::LicenseCount& count :
             ListCounts(transaction, request.parent(), after, page_size + 1)) {
          if (response.license_counts_size() == page_size) {
            const std::string& last = response.license_counts(page_size - 1).subscription();
            response.set_next_page_token(
                deps.page_tokens.Seal(query, {last.substr(last.rfind('/') + 1)}));
            break;
          }
          *response.add_license_counts() = std::move(count);
        }
        return response;
      });
}

}  // namespace partnerlink::directory::licenses
