// The customers of a partner, by name or by age: those to which one of its relationships is not
// over, each once, with all of these. What moves while somebody turns the pages is seen at most
// once where it stood and once where it stands; what does not move is seen exactly once.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "common/paging/paging.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/directory/customers/store.h"

namespace partnerlink::directory::customers {
namespace {

// Of a page: a client of gRPC takes 4 MiB.
constexpr size_t kMostPageBytes = 3 << 20;

absl::StatusOr<paging::Order> OrderOf(const v1::ListCustomersRequest& request) {
  return paging::ParseOrder(request.order_by(), kListOrders, {std::string(kListOrders.front())});
}

absl::StatusOr<filter::Clause> FilterOf(const v1::ListCustomersRequest& request) {
  return filter::Compile(request.filter(), ListFields(), kListFirstFilterParameter);
}

// What most callers ask for: by name, everything or what a name says.
bool IsByName(const v1::ListCustomersRequest& request, const paging::Order& order,
              const filter::Clause& filter) {
  const bool by_name = order.field == kListOrders.front() && !order.descending;
  return by_name && (request.filter().empty() || filter.alone);
}

// Where a part of the names is asked for, the customers that have it narrow the listing; whether
// there are more of them.
bool Narrow(postgres::Transaction& transaction, Listing& listing) {
  if (listing.filter.inside.empty()) return false;
  std::vector<std::string> found = FindByPartOfName(transaction, listing.filter.inside.front(),
                                                    listing.order, kMostWithPart + 1);
  const bool truncated = found.size() > static_cast<size_t>(kMostWithPart);
  if (truncated) found.pop_back();
  listing.among = std::move(found);
  return truncated;
}

// One that is on the page.
ListPosition PlaceOf(const Page& page, const std::string& customer) {
  return *std::find_if(page.places.begin(), page.places.end(),
                       [&](const ListPosition& place) { return place.customer == customer; });
}

}  // namespace

absl::Status ValidateListCustomers(const v1::ListCustomersRequest& request) {
  PARTNERLINK_RETURN_IF_ERROR(
      paging::CheckList(request.parent(), kListParents, request.page_size()));
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
  const bool is_by_name = IsByName(request, order, filter);
  const postgres::Scope scope{
      context.principal.account, context.deadline,
      is_by_name ? postgres::Access::kOneStatement : postgres::Access::kReadOnly};
  PARTNERLINK_ASSIGN_OR_RETURN(
      Page page,
      postgres::Transact<Page>(
          deps.pool, scope, [&](postgres::Transaction& transaction) -> absl::StatusOr<Page> {
            const int limit = page_size + 1;
            if (is_by_name) {
              return ListByName(transaction, request.parent(), filter.alone, after, limit);
            }
            Listing listing{request.parent(), order, filter};
            const bool truncated = Narrow(transaction, listing);
            Page page = FindPage(transaction, listing, after, limit);
            page.truncated = truncated;
            return page;
          }));
  v1::ListCustomersResponse response;
  response.set_truncated(page.truncated);
  std::string one_more;
  std::optional<ListPosition> last;  // behind which there is more
  if (page.places.size() > static_cast<size_t>(page_size)) {
    one_more = page.places.back().customer;
    page.places.pop_back();
    last = page.places.back();
  }
  size_t bytes = 0;
  for (v1::Customer& customer : page.customers) {
    // An edge may end between the two statements: its customer has just left the list.
    if (customer.edges_size() == 0 || customer.name() == one_more) continue;
    bytes += customer.ByteSizeLong();
    if (bytes > kMostPageBytes) {
      last = PlaceOf(page, response.customers().rbegin()->name());
      break;
    }
    *response.add_customers() = std::move(customer);
  }
  if (last) response.set_next_page_token(deps.page_tokens.Seal(query, {last->key, last->customer}));
  return response;
}

}  // namespace partnerlink::directory::customers
