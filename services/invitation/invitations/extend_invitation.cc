// More time for a link that is out already.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/invitations/events.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/issuing.h"
#include "services/invitation/invitations/rules.h"

namespace partnerlink::invitation::invitations {

absl::Status ValidateExtendInvitation(const v1::ExtendInvitationRequest& request) {
  FieldViolations violations;
  CheckTtlShape("ttl", request.ttl(), violations);
  request::CheckRequestId(request.request_id(), violations);
  return CheckName(request.name(), std::move(violations));
}

absl::StatusOr<v1::Invitation> ExtendInvitation(const CallContext& context, const Deps& deps,
                                                const v1::ExtendInvitationRequest& request) {
  return outbox::Mutate<v1::Invitation>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Invitation> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row before,
                                     OpenForChange(transaction, request.name(), request.etag()));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kExtend, before.invitation.state()));
        PARTNERLINK_RETURN_IF_ERROR(CheckTtl("ttl", request.ttl(), deps.min_ttl));
        Row extended = before;
        ChangeTtl(deps, *parties::FindPartner(transaction, before.partner),
                  parties::FindProvider(transaction, before.invitation.provider(), before.partner),
                  request.ttl(), extended);
        const std::optional<Row> after = Extend(transaction, extended);
        if (!after) {
          // Its time may have run out since it was read.
          const auto now = Find(transaction, before.partner, before.id, Lock::kNone);
          return NotExtended(now->invitation.state());
        }
        changes.Record(ChangeOf("invitation.extended", &before, &*after));
        return after->invitation;
      });
}

}  // namespace partnerlink::invitation::invitations
