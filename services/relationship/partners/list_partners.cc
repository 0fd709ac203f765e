// The partners that the reader sees, by name: an operator all, a partner itself and those it has a
// partnership with, a customer those it is related to. A reader filters only by fields that it
// sees.
#include "common/paging/paging.h"
#include "common/status/status.h"
#include "services/relationship/partners/handlers.h"
#include "services/relationship/partners/rules.h"
#include "services/relationship/partners/store.h"

namespace partnerlink::relationship::partners {

absl::Status ValidateListPartners(const v1::ListPartnersRequest& request) {
  PARTNERLINK_RETURN_IF_ERROR(paging::PageSize(request.page_size()).status());
  // What the reader may filter by is decided with the reader; whether it parses is shape.
  return filter::Compile(request.filter(), ListFields(true), kListFirstFilterParameter).status();
}

absl::StatusOr<v1::ListPartnersResponse> ListPartners(const CallContext& context, const Deps& deps,
                                                      const v1::ListPartnersRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(const int page_size, paging::PageSize(request.page_size()));
  PARTNERLINK_ASSIGN_OR_RETURN(
      const filter::Clause filter,
      filter::Compile(request.filter(), ListFields(SeesWholeRows(context.principal)),
                      kListFirstFilterParameter));
  const paging::Query query{context.method, context.principal.account, request.filter()};
  PARTNERLINK_ASSIGN_OR_RETURN(const std::vector<std::string> position,
                               deps.page_tokens.Open(query, request.page_token()));
  const std::string after = position.empty() ? "" : position.front();
  const std::string viewer = ViewerOf(context.principal);
  return postgres::Read<v1::ListPartnersResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListPartnersResponse> {
        v1::ListPartnersResponse response;
        for (v1::Partner& partner : List(transaction, viewer, filter, after, page_size + 1)) {
          if (response.partners_size() == page_size) {
            const std::string& last = response.partners(page_size - 1).name();
            response.set_next_page_token(deps.page_tokens.Seal(query, {last}));
            break;
          }
          HideFrom(context.principal, partner);
          *response.add_partners() = std::move(partner);
        }
        return response;
      });
}

}  // namespace partnerlink::relationship::partners
