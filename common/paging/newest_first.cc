#include "common/paging/newest_first.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/substitute.h"
#include "common/status/status.h"

namespace partnerlink::paging {
namespace {

// $1 to $4: the parent's account, the position's time and id, the limit.
constexpr int kFirstFilterParameter = 5;

std::string IdOf(std::string_view name) { return std::string(name.substr(name.rfind('/') + 1)); }

}  // namespace

NewestFirst::NewestFirst(const PageTokens& tokens, const CallContext& context,
                         const ListRequest& request)
    : tokens_(tokens),
      context_(context),
      query_(absl::StrCat(std::string(request.parent), "\n", std::string(request.filter), "\n",
                          std::string(request.within))) {}

absl::Status NewestFirst::Validate(const ListRequest& request,
                                   absl::Span<const std::string_view> parents,
                                   absl::Span<const filter::Field> fields) {
  PARTNERLINK_RETURN_IF_ERROR(CheckList(request.parent, parents, request.page_size));
  return filter::Compile(request.filter, fields, kFirstFilterParameter).status();
}

absl::StatusOr<NewestFirst> NewestFirst::Open(const PageTokens& tokens, const CallContext& context,
                                              const ListRequest& request,
                                              absl::Span<const std::string_view> parents,
                                              absl::Span<const filter::Field> fields) {
  PARTNERLINK_RETURN_IF_ERROR(CheckList(request.parent, parents, request.page_size));
  NewestFirst list(tokens, context, request);
  list.parent_ = *ParseParent(request.parent, parents);
  PARTNERLINK_ASSIGN_OR_RETURN(list.size_, PageSize(request.page_size));
  PARTNERLINK_ASSIGN_OR_RETURN(list.filter_,
                               filter::Compile(request.filter, fields, kFirstFilterParameter));
  PARTNERLINK_ASSIGN_OR_RETURN(std::vector<std::string> position,
                               tokens.Open(list.TokenQuery(), request.page_token));
  if (position.size() == 2) list.after_ = Position{position[0], position[1]};
  return list;
}

Statement NewestFirst::Page(std::string_view select, const std::string& alias,
                            std::string_view owner) const {
  // A constant condition on the account keeps its index in use.
  const std::string owned = !owner.empty() ? std::string(owner)
                            : parent_.account.empty()
                                ? "'' = $1"
                                : absl::StrCat(alias, ".", parent_.column, " = $1");
  const std::string start =
      after_ ? absl::Substitute(
                   "($0.create_time, $0.id) <"
                   " (to_timestamp(0) + $$2::bigint * interval '1 microsecond', $$3::uuid)",
                   alias)
             : "'' = $2 AND '' = $3";
  Statement page;
  page.sql = absl::StrCat(
      std::string(select), " WHERE ", owned, " AND ", start, " AND ", filter_.sql,
      absl::Substitute(" ORDER BY $0.create_time DESC, $0.id DESC LIMIT $$4::int", alias));
  page.parameters = {parent_.account, after_ ? after_->create_micros : "", after_ ? after_->id : "",
                     absl::StrCat(size_ + 1)};
  page.parameters.insert(page.parameters.end(), filter_.parameters.begin(),
                         filter_.parameters.end());
  return page;
}

Query NewestFirst::TokenQuery() const {
  return {context_.method, context_.principal.account, query_};
}

std::string NewestFirst::TokenAfter(const google::protobuf::Timestamp& create_time,
                                    std::string_view name) const {
  return tokens_.Seal(
      TokenQuery(),
      {absl::StrCat(create_time.seconds() * 1000000 + create_time.nanos() / 1000), IdOf(name)});
}

}  // namespace partnerlink::paging
