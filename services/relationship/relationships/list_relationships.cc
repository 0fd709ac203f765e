// The relationships of a partner or of a customer, newest first; what has ended stays listed. An
// operator may ask for everybody's.
#include "absl/strings/str_cat.h"
#include "common/paging/paging.h"
#include "common/status/status.h"
#include "services/relationship/relationships/handlers.h"
#include "services/relationship/relationships/store.h"

namespace partnerlink::relationship::relationships {

absl::Status ValidateListRelationships(const v1::ListRelationshipsRequest& request) {
  FieldViolations violations;
  if (!ParseListParent(request.parent())) {
    violations.Add("parent", "is not of the form partners/{id} or customers/{id}");
  }
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return filter::Compile(request.filter(), ListFields(), kPageFirstFilterParameter).status();
}

absl::StatusOr<v1::ListRelationshipsResponse> ListRelationships(
    const CallContext& context, const Deps& deps, const v1::ListRelationshipsRequest& request) {
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
  return postgres::Read<v1::ListRelationshipsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListRelationshipsResponse> {
        const std::vector<Row> rows =
            List(transaction, *ParseListParent(request.parent()), filter, after, page_size + 1);
        v1::ListRelationshipsResponse response;
        for (const Row& row : rows) {
          if (response.relationships_size() == page_size) {
            const Row& last = rows[static_cast<size_t>(page_size) - 1];
            const ListPosition end = PositionOf(last.relationship.create_time(), last.id);
            response.set_next_page_token(deps.page_tokens.Seal(query, {end.create_micros, end.id}));
            break;
          }
          *response.add_relationships() = row.relationship;
        }
        return response;
      });
}

}  // namespace partnerlink::relationship::relationships
