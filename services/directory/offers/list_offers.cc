// The catalogue by name, retired offers included.
#include "common/paging/paging.h"
#include "common/status/status.h"
#include "services/directory/offers/handlers.h"
#include "services/directory/offers/store.h"

namespace partnerlink::directory::offers {

absl::Status ValidateListOffers(const v1::ListOffersRequest& request) {
  PARTNERLINK_RETURN_IF_ERROR(paging::PageSize(request.page_size()).status());
  return filter::Compile(request.filter(), ListFields(), kListFirstFilterParameter).status();
}

absl::StatusOr<v1::ListOffersResponse> ListOffers(const CallContext& context, const Deps& deps,
                                                  const v1::ListOffersRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(const int page_size, paging::PageSize(request.page_size()));
  PARTNERLINK_ASSIGN_OR_RETURN(
      const filter::Clause filter,
      filter::Compile(request.filter(), ListFields(), kListFirstFilterParameter));
  const paging::Query query{context.method, context.principal.account, request.filter()};
  PARTNERLINK_ASSIGN_OR_RETURN(const std::vector<std::string> position,
                               deps.page_tokens.Open(query, request.page_token()));
  const std::string after = position.empty() ? "" : position.front();
  return postgres::Read<v1::ListOffersResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListOffersResponse> {
        v1::ListOffersResponse response;
        for (v1::Offer& offer : List(transaction, filter, after, page_size + 1)) {
          if (response.offers_size() == page_size) {
            const std::string& last = response.offers(page_size - 1).name();
            response.set_next_page_token(deps.page_tokens.Seal(query, {last}));
            break;
          }
          *response.add_offers() = std::move(offer);
        }
        return response;
      });
}

}  // namespace partnerlink::directory::offers
