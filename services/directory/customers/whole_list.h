// A partner's list by name from its first customer to its last, read a page at a time: one page is
// in memory, however long the list is. What moves meanwhile: as where somebody turns the pages.
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "services/directory/customers/store.h"
#include "services/directory/deps.h"

namespace partnerlink::directory::customers {

// OK, or what is wrong with a request for the list, or for what a filter admits of it.
absl::Status CheckWholeList(const std::string& partner, const std::string& filter);

class WholeList {
 public:
  // CheckWholeList has accepted both. `deps` outlives it.
  WholeList(const Deps& deps, const std::string& partner, const std::string& filter);

  // The next customers, at most 100, or as many as 1 MiB holds; none behind the last. Reads in a
  // transaction of its own.
  absl::StatusOr<std::optional<std::vector<v1::Customer>>> Next(const CallContext& context);

 private:
  // What passes, a database that does not answer, is tried again within the answer's time: who has
  // read half of a list does not begin it anew for it.
  absl::StatusOr<Page> ReadPage(const CallContext& context);

  const Deps& deps_;
  Listing listing_;
  std::optional<ListPosition> after_;
  std::deque<v1::Customer> read_;  // of the page that was read last; not given yet
  bool is_over_ = false;
};

}  // namespace partnerlink::directory::customers
