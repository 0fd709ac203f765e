#include "services/directory/customers/whole_list.h"

#include <utility>

#include "common/paging/paging.h"
#include "common/status/status.h"

namespace partnerlink::directory::customers {
namespace {

constexpr std::string_view kParents[] = {"partners"};
// As many as fit what a client of gRPC takes at once, 4 MiB, however much is said of each.
constexpr int kPage = 100;

}  // namespace

absl::Status CheckWholeList(const std::string& partner, const std::string& filter) {
  PARTNERLINK_RETURN_IF_ERROR(paging::CheckList(partner, kParents, 0));
  return filter::Compile(filter, ListFields(), kListFirstFilterParameter).status();
}

WholeList::WholeList(const Deps& deps, const std::string& partner, const std::string& filter)
    : deps_(deps),
      listing_{partner,
               {std::string(kListOrders.front())},
               *filter::Compile(filter, ListFields(), kListFirstFilterParameter)} {}

absl::StatusOr<std::optional<std::vector<v1::Customer>>> WholeList::Next(
    const CallContext& context) {
  while (!is_over_) {
    PARTNERLINK_ASSIGN_OR_RETURN(
        Page page,
        postgres::Read<Page>(deps_.pool, context,
                             [&](postgres::Transaction& transaction) -> absl::StatusOr<Page> {
                               return FindPage(transaction, listing_, after_, kPage);
                             }));
    is_over_ = page.places.size() < kPage;
    if (!page.places.empty()) after_ = page.places.back();
    // An edge may end between the two statements: its customer has just left the list.
    std::erase_if(page.customers, [](const v1::Customer& customer) { return !IsListed(customer); });
    if (!page.customers.empty()) return std::move(page.customers);
  }
  return std::nullopt;
}

}  // namespace partnerlink::directory::customers
