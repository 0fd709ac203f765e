// The invitation again, with a link of the next generation and a new time: the old link is dead
// with the same commit. It must be as sound as one that is issued now. With `send` the mail is
// queued in the same transaction.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/invitations/events.h"
#include "services/invitation/invitations/expiry.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/issuing.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/invitations/sending.h"

namespace partnerlink::invitation::invitations {
namespace {

// What is sent again, and in which state it then is.
struct Renewal {
  Row row;
  v1::Invitation::State state;
};

absl::StatusOr<Renewal> Renew(postgres::Transaction& transaction, const Deps& deps,
                              const Ground& ground, const Row& before,
                              const v1::ResendInvitationRequest& request) {
  Row row = before;
  PARTNERLINK_ASSIGN_OR_RETURN(const std::optional<parties::Provider> provider,
                               CheckMayInvite(transaction, deps, ground.partner, row));
  PARTNERLINK_RETURN_IF_ERROR(CheckNoEqual(ground.open_equal));
  if (request.has_ttl()) ChangeTtl(deps, *ground.partner, provider, request.ttl(), row);
  PARTNERLINK_RETURN_IF_ERROR(CheckTtl("ttl", row.invitation.ttl(), deps.min_ttl));
  PARTNERLINK_RETURN_IF_ERROR(MakeLink(deps.keys, before.invitation.generation() + 1, row));
  const bool asks = provider && provider->wants_to_confirm;
  return Renewal{std::move(row), *After(asks ? Action::kAskProviderAgain : Action::kResend,
                                        before.invitation.state())};
}

}  // namespace

absl::Status ValidateResendInvitation(const v1::ResendInvitationRequest& request) {
  FieldViolations violations;
  if (request.has_ttl()) CheckTtlShape("ttl", request.ttl(), violations);
  request::CheckRequestId(request.request_id(), violations);
  return CheckName(request.name(), std::move(violations));
}

absl::StatusOr<v1::Invitation> ResendInvitation(const CallContext& context, const Deps& deps,
                                                const v1::ResendInvitationRequest& request) {
  return outbox::Mutate<v1::Invitation>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Invitation> {
        PARTNERLINK_ASSIGN_OR_RETURN(const Row before,
                                     OpenForChange(transaction, request.name(), request.etag()));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kResend, before.invitation.state()));
        const Ground ground = FindGround(transaction, before);
        // What is due may be this one: it is then recorded as expired first.
        if (ground.is_some_due) RecordExpiredInTheWay(transaction, changes.actor(), before);
        PARTNERLINK_ASSIGN_OR_RETURN(const Renewal renewal,
                                     Renew(transaction, deps, ground, before, request));
        std::optional<Row> after =
            Resend(transaction, renewal.row, renewal.state, ground.agreement_version);
        if (!after) return absl::InternalError("a locked invitation was not sent again");
        changes.Record(ChangeOf("invitation.resent", &before, &*after));
        if (request.send()) {
          PARTNERLINK_ASSIGN_OR_RETURN(after, QueueMail(transaction, changes, deps, *after));
        }
        return after->invitation;
      });
}

}  // namespace partnerlink::invitation::invitations
