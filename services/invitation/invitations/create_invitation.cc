// A partner's draft: the mail is written, the link already made, but nothing can be accepted until
// it is issued. With `issue` both happen in one transaction, and with `send` its mail is queued in
// it.
#include "common/identifier/uuid.h"
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/issuing.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/invitations/sending.h"
#include "services/invitation/link/token.h"
#include "services/invitation/mail/rules.h"

namespace partnerlink::invitation::invitations {
namespace {

Row NewRow(const CallContext& context, const v1::CreateInvitationRequest& request) {
  Row row;
  row.partner = request.parent();
  row.invitation = request.invitation();
  FillDefaults(row.invitation);
  row.invitation.set_creator(context.principal.subject);
  row.email_key = EmailKey(row.invitation);
  return row;
}

}  // namespace

absl::Status ValidateCreateInvitation(const v1::CreateInvitationRequest& request) {
  FieldViolations violations;
  if (!request::IsAccountName(request.parent(), "partners")) {
    violations.Add("parent", "is not of the form partners/{id}");
  }
  if (!request.has_invitation()) violations.Add("invitation", "is required");
  request::CheckRequestId(request.request_id(), violations);
  PARTNERLINK_RETURN_IF_ERROR(CheckShape(request.invitation(), std::move(violations)));
  return request.send() ? mail::CheckRecipient(request.invitation()) : absl::OkStatus();
}

absl::StatusOr<v1::Invitation> CreateInvitation(const CallContext& context, const Deps& deps,
                                                const v1::CreateInvitationRequest& request) {
  Row row = NewRow(context, request);
  PARTNERLINK_RETURN_IF_ERROR(CheckTtl(row.invitation, deps.min_ttl));
  row.id = NewUuid();
  PARTNERLINK_ASSIGN_OR_RETURN(row.salt, link::NewSalt());
  PARTNERLINK_RETURN_IF_ERROR(MakeLink(deps.keys, 1, row));
  Ground ground;
  return outbox::MutateOnGround<v1::Invitation>(
      context, deps.pool, request, {request.request_id(), request.validate_only()},
      [&](postgres::Transaction& transaction, const outbox::RequestKey& key) {
        ground = FindGround(transaction, row, key);
        return ground.kept;
      },
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Invitation> {
        PARTNERLINK_ASSIGN_OR_RETURN(const std::optional<parties::Provider> provider,
                                     CheckMayInvite(transaction, deps, ground.partner, row));
        PARTNERLINK_RETURN_IF_ERROR(CheckNoEqual(ground.open_equal));
        WriteDefaultTexts(deps, *ground.partner, provider, row);
        row.invitation.set_agreement_version(ground.agreement_version);
        Row created = InsertDraft(transaction, row, ground.present_micros);
        changes.Record(ChangeOf("invitation.created", nullptr, &created));
        if (request.issue() || request.send()) {
          PARTNERLINK_ASSIGN_OR_RETURN(created,
                                       IssueDraft(transaction, changes, deps, ground, created));
        }
        if (request.send()) {
          PARTNERLINK_ASSIGN_OR_RETURN(created, QueueMail(transaction, changes, deps, created));
        }
        if (request.validate_only()) created.invitation.clear_name();
        return created.invitation;
      });
}

}  // namespace partnerlink::invitation::invitations
