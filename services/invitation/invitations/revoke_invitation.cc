// Takes an invitation back: its link is dead at once, and looking it up says so. A sales agent may
// take back only its own.
#include "common/outbox/mutate.h"
#include "common/postgres/fields.h"
#include "common/request/request.h"
#include "services/invitation/invitations/events.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/rules.h"

namespace partnerlink::invitation::invitations {

absl::Status ValidateRevokeInvitation(const v1::RevokeInvitationRequest& request) {
  FieldViolations violations;
  request::CheckReason("reason", request.reason(), violations);
  request::CheckRequestId(request.request_id(), violations);
  return CheckName(request.name(), std::move(violations));
}

absl::StatusOr<v1::Invitation> RevokeInvitation(const CallContext& context, const Deps& deps,
                                                const v1::RevokeInvitationRequest& request) {
  const auto name = request::ParseChildName(request.name(), "partners", "invitations");
  return outbox::Mutate<v1::Invitation>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Invitation> {
        const std::optional<Row> before =
            Find(transaction, name->account, name->id, Lock::kForUpdate);
        if (!before) return NotFound();
        PARTNERLINK_RETURN_IF_ERROR(CheckRevoker(context.principal, before->invitation));
        PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(request.etag(), before->revision));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kRevoke, before->invitation.state()));
        const std::optional<Row> after = Revoke(transaction, *before, request.reason());
        // Its time has run out since it was read.
        if (!after) return CheckAction(Action::kRevoke, v1::Invitation::EXPIRED);
        changes.Record(ChangeOf("invitation.revoked", &*before, &*after, request.reason()));
        return after->invitation;
      });
}

}  // namespace partnerlink::invitation::invitations
