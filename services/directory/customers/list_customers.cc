// The customers of a partner, by name or by age: those to which one of its relationships is not
// over, each once, with all of these. What moves while somebody turns the pages is seen at most
// once where it stood and once where it stands; what does not move is seen exactly once.
#include "absl/strings/str_cat.h"
#include "common/paging/paging.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/customers/store.h"

namespace partnerlink::directory::customers {
namespace {

constexpr std::string_view kParents[] = {"partners"};

absl::StatusOr<paging::Order> OrderOf(const v1::ListCustomersRequest& request) {
  return paging::ParseOrder(request.order_by(), kListOrders, {std::string(kListOrders.front())});
}

absl::StatusOr<filter::Clause> FilterOf(const v1::ListCustomersRequest& request) {
  return filter::Compile(request.filter(), ListFields(), kListFirstFilterParameter);
}

std::vector<std::string> CustomersOf(const std::vector<ListPosition>& places) {
  std::vector<std::string> names;
  for (const ListPosition& place : places) names.push_back(place.customer);
  return names;
}

}  // namespace

absl::Status ValidateListCustomers(const v1::ListCustomersRequest& request) {
  PARTNERLINK_RETURN_IF_ERROR(paging::CheckList(request.parent(), kParents, request.page_size()));
  PARTNERLINK_RETURN_IF_ERROR(OrderOf(request).status());
  return FilterOf(request).status();
}

absl::StatusOr<v1::ListCustomersResponse> ListCustomers(const CallContext& context,
                                                        const Deps& deps,
                                                        const v1::ListCustomersRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(const int page_size, paging::PageSize(request.page_size()));
  PARTNERLINK_ASSIGN_OR_RETURN(const paging::Order order, OrderOf(request));
  PARTNERLINK_ASSIGN_OR_RETURN(const filter::Clause filter, FilterOf(request));
  const std::string text = absl::StrCat(request.parent(), "\n", order.field,
                                        order.descending ? " desc\n" : "\n", request.filter());
  const paging::Query query{context.method, context.principal.account, text};
  PARTNERLINK_ASSIGN_OR_RETURN(const std::vector<std::string> position,
                               deps.page_tokens.Open(query, request.page_token()));
  std::optional<ListPosition> after;
  if (position.size() == 2) after = ListPosition{position[0], position[1]};
  return postgres::Read<v1::ListCustomersResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListCustomersResponse> {
        std::vector<ListPosition> places =
            List(transaction, request.parent(), order, filter, after, page_size + 1);
        v1::ListCustomersResponse response;
        if (places.size() > static_cast<size_t>(page_size)) {
          places.pop_back();
          response.set_next_page_token(
              deps.page_tokens.Seal(query, {places.back().key, places.back().customer}));
        }
        for (v1::Customer& customer : Find(transaction, CustomersOf(places), request.parent())) {
          // An edge may end between the two statements: its customer has just left the list.
          if (customer.edges_size() > 0) *response.add_customers() = std::move(customer);
        }
        return response;
      });
}

}  // namespace partnerlink::directory::customers
