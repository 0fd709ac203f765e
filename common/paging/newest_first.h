// Lists that show the newest rows first: what their RPCs share, from the request's shape to the
// token of the next page. A room keeps the columns, the fields of its filter and the parents:
//
//   Validate:  return paging::NewestFirst::Validate(request, kParents, ListFields());
//   handler:   NewestFirst::Open(deps.page_tokens, context, request, kParents, ListFields()), then
//              response.set_next_page_token(list.Cut(List(transaction, list),
//              *response.mutable_…()))
//   store:     const paging::Statement page = list.Page("SELECT … FROM relationship.grants g",
//   "g");
//              transaction.RunOnce(page.sql, page.parameters)
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "common/context/call_context.h"
#include "common/filter/filter.h"
#include "common/paging/page_tokens.h"
#include "common/paging/paging.h"
#include "google/protobuf/repeated_field.h"
#include "google/protobuf/timestamp.pb.h"

namespace partnerlink::paging {

// What every list request has. Views of the request.
struct ListRequest {
  // `within`: which of the parent's rows the list is of, where it is not of all, such as the name
  // of the invitation whose redemptions it is of. The room's `select` sees to it.
  ListRequest(std::string_view parent, std::string_view filter, std::string_view page_token,
              int32_t page_size, std::string_view within = "")
      : parent(parent),
        filter(filter),
        page_token(page_token),
        page_size(page_size),
        within(within) {}
  template <typename Request>
  ListRequest(const Request& request)  // NOLINT: any list request is one
      : parent(request.parent()),
        filter(request.filter()),
        page_token(request.page_token()),
        page_size(request.page_size()) {}

  std::string_view parent;
  std::string_view filter;
  std::string_view page_token;
  int32_t page_size;
  std::string_view within = "";
};

// A whole statement and the values of its parameters.
struct Statement {
  std::string sql;
  std::vector<std::string> parameters;
};

// The page that a request asks for.
class NewestFirst {
 public:
  // FIELD_INVALID on `parent` and `page_size`, FILTER_INVALID. `parents`: as ParseParent takes
  // them.
  static absl::Status Validate(const ListRequest& request,
                               absl::Span<const std::string_view> parents,
                               absl::Span<const filter::Field> fields);

  // The same refusals and PAGE_TOKEN_INVALID. The page uses `tokens` and `context` as long as it
  // is.
  static absl::StatusOr<NewestFirst> Open(const PageTokens& tokens, const CallContext& context,
                                          const ListRequest& request,
                                          absl::Span<const std::string_view> parents,
                                          absl::Span<const filter::Field> fields);

  // Whether an operator asks for the rows of every parent.
  bool IsOfAll() const { return parent_.account.empty(); }

  // `select`, up to the table, which it calls `alias`, with the page's end: its rows and one more,
  // which says that there is a next page. The table has create_time, id and the column of each
  // parent's account: `partner` for partners, `customer` for customers. Where it has not, `owner`
  // is the condition on whose rows they are; it names $1, the account, which is empty where
  // everybody's are asked for.
  Statement Page(std::string_view select, const std::string& alias,
                 std::string_view owner = "") const;

  // Moves the page's rows to the response; answers the token of the next page, empty after the
  // last. The resource's name ends with its id; `time` is what it calls its create_time.
  template <typename Resource>
  std::string Cut(std::vector<Resource> rows, google::protobuf::RepeatedPtrField<Resource>& page,
                  const google::protobuf::Timestamp& (Resource::*time)()
                      const = &Resource::create_time) const {
    const bool more = rows.size() > static_cast<size_t>(size_);
    if (more) rows.resize(static_cast<size_t>(size_));
    page.Reserve(static_cast<int>(rows.size()));
    for (Resource& row : rows) *page.Add() = std::move(row);
    if (!more) return "";
    const Resource& last = page[page.size() - 1];
    return TokenAfter((last.*time)(), last.name());
  }

 private:
  // Where the page before has ended.
  struct Position {
    std::string create_micros;
    std::string id;
  };

  NewestFirst(const PageTokens& tokens, const CallContext& context, const ListRequest& request);

  Query TokenQuery() const;
  std::string TokenAfter(const google::protobuf::Timestamp& create_time,
                         std::string_view name) const;

  const PageTokens& tokens_;
  const CallContext& context_;
  const std::string query_;
  Parent parent_;
  int size_ = 0;
  filter::Clause filter_;
  std::optional<Position> after_;
};

}  // namespace partnerlink::paging
