#include "services/directory/customers/whole_list.h"

#include <iterator>
#include <utility>

#include "absl/time/clock.h"
#include "common/paging/paging.h"
#include "common/status/status.h"

namespace partnerlink::directory::customers {
namespace {

constexpr std::string_view kParents[] = {"partners"};
constexpr int kPage = 100;
// Of what is given at once: a client of gRPC takes 4 MiB, and CSV may need twice as many for
// quotes.
constexpr size_t kMostBytes = 1 << 20;
constexpr absl::Duration kAskAgain = absl::Milliseconds(250);

// Whether a read that was refused so may go well when it is done again.
bool IsPassing(const absl::Status& status) {
  const auto reason = ReasonOf(status);
  return reason == common::v1::DEPENDENCY_UNAVAILABLE || reason == common::v1::CONFLICT;
}

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

absl::StatusOr<Page> WholeList::ReadPage(const CallContext& context) {
  while (true) {
    absl::StatusOr<Page> page = postgres::Read<Page>(
        deps_.pool, context, [&](postgres::Transaction& transaction) -> absl::StatusOr<Page> {
          return FindPage(transaction, listing_, after_, kPage);
        });
    const bool has_begun = after_.has_value();
    const bool has_time = absl::Now() + kAskAgain < context.deadline;
    if (page.ok() || !has_begun || !has_time || !IsPassing(page.status())) return page;
    absl::SleepFor(kAskAgain);
  }
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
