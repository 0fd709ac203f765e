// A partner's invitations in every state, newest first: what has ended stays listed. A helpdesk
// agent sees mail addresses masked, and cannot filter by them.
#include "absl/strings/str_cat.h"
#include "common/paging/paging.h"
#include "common/request/request.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::invitations {
namespace {

constexpr char kAllPartners[] = "partners/-";

}  // namespace

absl::Status ValidateListInvitations(const v1::ListInvitationsRequest& request) {
  FieldViolations violations;
  if (request.parent() != kAllPartners && !request::IsAccountName(request.parent(), "partners")) {
    violations.Add("parent", "is not of the form partners/{id}");
  }
  if (request.page_size() < 0) violations.Add("page_size", "must not be negative");
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  // What the reader may filter by is decided with the reader; whether it parses is shape.
  return filter::Compile(request.filter(), ListFields(true), kListFirstFilterParameter).status();
}

absl::StatusOr<v1::ListInvitationsResponse> ListInvitations(
    const CallContext& context, const Deps& deps, const v1::ListInvitationsRequest& request) {
  const bool sees_address = SeesEmailAddress(context.principal);
  PARTNERLINK_ASSIGN_OR_RETURN(const int page_size, paging::PageSize(request.page_size()));
  PARTNERLINK_ASSIGN_OR_RETURN(
      const filter::Clause filter,
      filter::Compile(request.filter(), ListFields(sees_address), kListFirstFilterParameter));
  const std::string text = absl::StrCat(request.parent(), "\n", request.filter());
  const paging::Query query{context.method, context.principal.account, text};
  PARTNERLINK_ASSIGN_OR_RETURN(const std::vector<std::string> position,
                               deps.page_tokens.Open(query, request.page_token()));
  std::optional<ListPosition> after;
  if (position.size() == 2) after = ListPosition{position[0], position[1]};
  const std::string partner = request.parent() == kAllPartners ? "" : request.parent();
  return postgres::Read<v1::ListInvitationsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListInvitationsResponse> {
        const std::vector<Row> rows = List(transaction, partner, filter, after, page_size + 1);
        v1::ListInvitationsResponse response;
        for (const Row& row : rows) {
          if (response.invitations_size() == page_size) {
            const ListPosition last = PositionOf(rows[static_cast<size_t>(page_size) - 1]);
            response.set_next_page_token(
                deps.page_tokens.Seal(query, {last.create_micros, last.id}));
            break;
          }
          v1::Invitation& listed = *response.add_invitations();
          listed = row.invitation;
          if (!sees_address) MaskEmailAddress(listed);
        }
        return response;
      });
}

}  // namespace partnerlink::invitation::invitations
