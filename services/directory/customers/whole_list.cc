#include "services/directory/customers/whole_list.h"

#include <iterator>
#include <utility>

#include "common/paging/paging.h"
#include "common/postgres/patient_read.h"
#include "common/status/status.h"

namespace partnerlink::directory::customers {
namespace {

constexpr int kPage = 100;
// Of what is given at once: a client of gRPC takes 4 MiB, and CSV may need twice as many for
// quotes.
constexpr size_t kMostBytes = 1 << 20;

}  // namespace

absl::Status CheckWholeList(const std::string& partner, const std::string& filter) {
  PARTNERLINK_RETURN_IF_ERROR(paging::CheckList(partner, kListParents, 0));
  return filter::Compile(filter, ListFields(), kListFirstFilterParameter).status();
}

WholeList::WholeList(const Deps& deps, const std::string& partner, const std::string& filter)
    : deps_(deps),
      listing_{partner,
               {std::string(kListOrders.front())},
               *filter::Compile(filter, ListFields(), kListFirstFilterParameter)} {}

absl::StatusOr<Page> WholeList::ReadPage(const CallContext& context) {
  const auto find = [&](postgres::Transaction& transaction) -> absl::StatusOr<Page> {
    return FindPage(transaction, listing_, after_, kPage);
  };
  return after_ ? postgres::ReadPatiently<Page>(deps_.pool, context, find)
                : postgres::Read<Page>(deps_.pool, context, find);
}

absl::StatusOr<std::optional<std::vector<v1::Customer>>> WholeList::Next(
    const CallContext& context) {
  while (read_.empty() && !is_over_) {
    PARTNERLINK_ASSIGN_OR_RETURN(Page page, ReadPage(context));
    is_over_ = page.places.size() < kPage;
    if (!page.places.empty()) after_ = page.places.back();
    // An edge may end between the two statements: its customer has just left the list.
    std::erase_if(page.customers, [](const v1::Customer& customer) { return !IsListed(customer); });
    read_.assign(std::make_move_iterator(page.customers.begin()),
                 std::make_move_iterator(page.customers.end()));
  }
  if (read_.empty()) return std::nullopt;
  std::vector<v1::Customer> next;
  size_t bytes = 0;
  do {
    bytes += read_.front().ByteSizeLong();
    next.push_back(std::move(read_.front()));
    read_.pop_front();
  } while (!read_.empty() && bytes + read_.front().ByteSizeLong() <= kMostBytes);
  return next;
}

}  // namespace partnerlink::directory::customers
