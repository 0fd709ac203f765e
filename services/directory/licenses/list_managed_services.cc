// The services that a customer's subscriptions provide, with where each is administered: for those
// who may administer them.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "common/access/store.h"
#include "common/paging/paging.h"
#include "services/directory/licenses/handlers.h"
#include "services/directory/licenses/store.h"

namespace partnerlink::directory::licenses {
namespace {

// Of what PageTokens has opened.
ServicePosition PositionOf(const std::vector<std::string>& sealed) {
  ServicePosition position;
  if (sealed.size() == 2 && absl::SimpleAtoi(sealed[1], &position.place)) {
    position.subscription = sealed[0];
  }
  return position;
}

}  // namespace

absl::Status ValidateListManagedServices(const v1::ListManagedServicesRequest& request) {
  return paging::CheckList(request.parent(), kListParents, request.page_size());
}

absl::StatusOr<v1::ListManagedServicesResponse> ListManagedServices(
    const CallContext& context, const Deps& deps, const v1::ListManagedServicesRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(const int page_size, paging::PageSize(request.page_size()));
  const paging::Query query{context.method, context.principal.account, request.parent()};
  PARTNERLINK_ASSIGN_OR_RETURN(const std::vector<std::string> sealed,
                               deps.page_tokens.Open(query, request.page_token()));
  return postgres::Read<v1::ListManagedServicesResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListManagedServicesResponse> {
        PARTNERLINK_RETURN_IF_ERROR(
            access::Check(context.principal, {access::ServiceManage(), request.parent()},
                          access::FindFacts(transaction, context.principal, request.parent())));
        v1::ListManagedServicesResponse response;
        ServicePosition last;
        for (ListedService& listed :
             ListServices(transaction, request.parent(), PositionOf(sealed), page_size + 1)) {
          if (response.managed_services_size() == page_size) {
            response.set_next_page_token(
                deps.page_tokens.Seal(query, {last.subscription, absl::StrCat(last.place)}));
            break;
          }
          *response.add_managed_services() = std::move(listed.service);
          last = std::move(listed.position);
        }
        return response;
      });
}

}  // namespace partnerlink::directory::licenses
