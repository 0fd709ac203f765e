// How many invitations a partner has, whole and by state, channel or kind. A helpdesk agent cannot
// filter by mail addresses.
#include "common/request/request.h"
#include "common/status/status.h"
#include "services/invitation/invitations/fields.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::invitations {

absl::Status ValidateCountInvitations(const v1::CountInvitationsRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.parent(), "partners")) {
    violations.Add("parent", "is not of the form partners/{id}");
  }
  if (!v1::CountInvitationsRequest::GroupBy_IsValid(request.group_by())) {
    violations.Add("group_by", "must be STATE, CHANNEL or KIND");
  }
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  return filter::Compile(request.filter(), ListFields(true), kCountFirstFilterParameter).status();
}

absl::StatusOr<v1::CountInvitationsResponse> CountInvitations(
    const CallContext& context, const Deps& deps, const v1::CountInvitationsRequest& request) {
  const bool sees_address = SeesEmailAddress(context.principal, request.parent());
  PARTNERLINK_ASSIGN_OR_RETURN(
      const filter::Clause filter,
      filter::Compile(request.filter(), ListFields(sees_address), kCountFirstFilterParameter));
  return postgres::Read<v1::CountInvitationsResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::CountInvitationsResponse> {
        return Count(transaction, request.parent(), request.group_by(), filter);
      });
}

}  // namespace partnerlink::invitation::invitations
