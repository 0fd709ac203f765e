// The grants of a partner or of a customer, newest first; what is over stays listed. An operator
// may ask for everybody's.
#include "absl/strings/str_cat.h"
#include "common/paging/paging.h"
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/relationship/grants/handlers.h"
#include "services/relationship/grants/store.h"

namespace partnerlink::relationship::grants {
namespace {

ListPosition PositionAt(const v1::Grant& grant) {
  return PositionOf(grant.create_time(),
                    request::ParseChildName(grant.name(), "partners", "grants")->id);
}

}  // namespace

absl::Status ValidateListGrants(const v1::ListGrantsRequest& request) {
  FieldViolations violations;
  if (!ParseListParent(request.parent())) {
    violations.Add("parent", "is not of the form partners/{id} or customers/{id}");
  }
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return filter::Compile(request.filter(), ListFields(), kPageFirstFilterParameter).status();
}

absl::StatusOr<v1::ListGrantsResponse> ListGrants(const CallContext& context, const Deps& deps,
                                                  const v1::ListGrantsRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(const int page_size, paging::PageSize(request.page_size()));
  PARTNERLINK_ASSIGN_OR_RETURN(
      const filter::Clause filter,
      filter::Compile(request.filter(), ListFields(), kPageFirstFilterParameter));
  const std::string text = absl::StrCat(request.parent(), "\n", request.filter());
  const paging::Query query{context.method, context.principal.account, text};
  PARTNERLINK_ASSIGN_OR_RETURN(const std::vector<std::string> position,
                               deps.page_tokens.Open(query, request.page_token()));
  std::optional<ListPosition> after;
  if (position.size() == 2) after = ListPosition{position[0], position[1]};
  return postgres::Read<v1::ListGrantsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListGrantsResponse> {
        v1::ListGrantsResponse response;
        for (v1::Grant& grant :
             List(transaction, *ParseListParent(request.parent()), filter, after, page_size + 1)) {
          if (response.grants_size() == page_size) {
            const ListPosition end = PositionAt(response.grants(page_size - 1));
            response.set_next_page_token(deps.page_tokens.Seal(query, {end.create_micros, end.id}));
            break;
          }
          *response.add_grants() = std::move(grant);
        }
        return response;
      });
}

}  // namespace partnerlink::relationship::grants
