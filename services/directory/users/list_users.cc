// The users of a customer, newest first; those that are deleted where they are asked for.
#include "common/access/store.h"
#include "common/status/status.h"
#include "services/directory/users/handlers.h"
#include "services/directory/users/rules.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::users {
namespace {

constexpr std::string_view kParents[] = {"customers"};

paging::ListRequest AskedBy(const v1::ListUsersRequest& request) {
  return {request.parent(), request.filter(), request.page_token(), request.page_size(),
          request.show_deleted() ? "deleted too" : ""};
}

}  // namespace

absl::Status ValidateListUsers(const v1::ListUsersRequest& request) {
  return paging::NewestFirst::Validate(AskedBy(request), kParents, ListFields());
}

absl::StatusOr<v1::ListUsersResponse> ListUsers(const CallContext& context, const Deps& deps,
                                                const v1::ListUsersRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list, paging::NewestFirst::Open(deps.page_tokens, context, AskedBy(request),
                                                 kParents, ListFields()));
  return postgres::Read<v1::ListUsersResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListUsersResponse> {
        PARTNERLINK_RETURN_IF_ERROR(
            access::Check(context.principal, {access::UserView(), request.parent()},
                          access::FindFacts(transaction, context.principal, request.parent())));
        v1::ListUsersResponse response;
        response.set_next_page_token(list.Cut(
            List(transaction, list, request.show_deleted() ? Deleted::kShown : Deleted::kHidden),
            *response.mutable_users()));
        return response;
      });
}

}  // namespace partnerlink::directory::users
