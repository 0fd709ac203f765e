// An invitation as its partner sees it, in every state, and once it is issued the provider that it
// names. A helpdesk agent and the provider see the mail address masked.
#include <utility>

#include "common/request/request.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::invitations {

absl::Status ValidateGetInvitation(const v1::GetInvitationRequest& request) {
  return CheckName(request.name(), FieldViolations());
}

absl::StatusOr<v1::Invitation> GetInvitation(const CallContext& context, const Deps& deps,
                                             const v1::GetInvitationRequest& request) {
  const auto name = request::ParseChildName(request.name(), "partners", "invitations");
  return postgres::ReadInOneStatement<v1::Invitation>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::Invitation> {
        std::optional<Row> row = FindAlone(transaction, name->account, name->id);
        if (!row) return NotFound();
        PARTNERLINK_RETURN_IF_ERROR(CheckReader(context.principal, row->partner, row->invitation));
        if (!SeesEmailAddress(context.principal, row->partner)) MaskEmailAddress(row->invitation);
        return std::move(row->invitation);
      });
}

}  // namespace partnerlink::invitation::invitations
