// A partner's invitations in every state, newest first: what has ended stays listed. A helpdesk
// agent sees mail addresses masked, and cannot filter by them.
#include "common/status/status.h"
#include "services/invitation/invitations/fields.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::invitations {

absl::Status ValidateListInvitations(const v1::ListInvitationsRequest& request) {
  // What the reader may filter by is decided with the reader; whether it parses is shape.
  return paging::NewestFirst::Validate(request, kListParents, ListFields(true));
}

absl::StatusOr<v1::ListInvitationsResponse> ListInvitations(
    const CallContext& context, const Deps& deps, const v1::ListInvitationsRequest& request) {
  const bool sees_address = SeesEmailAddress(context.principal, request.parent());
  PARTNERLINK_ASSIGN_OR_RETURN(
      const auto list, paging::NewestFirst::Open(deps.page_tokens, context, request, kListParents,
                                                 ListFields(sees_address)));
  return postgres::Read<v1::ListInvitationsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::ListInvitationsResponse> {
        v1::ListInvitationsResponse response;
        response.set_next_page_token(
            list.Cut(List(transaction, list), *response.mutable_invitations()));
        if (!sees_address) {
          for (v1::Invitation& listed : *response.mutable_invitations()) MaskEmailAddress(listed);
        }
        return response;
      });
}

}  // namespace partnerlink::invitation::invitations
