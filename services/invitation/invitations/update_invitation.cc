// Edits a draft. The result must be as sound as a new invitation: the text still holds the link
// exactly once.
#include "common/outbox/mutate.h"
#include "common/request/request.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/issuing.h"
#include "services/invitation/invitations/rules.h"

namespace partnerlink::invitation::invitations {

absl::Status ValidateUpdateInvitation(const v1::UpdateInvitationRequest& request) {
  FieldViolations violations;
  if (!request::ParseChildName(request.invitation().name(), "partners", "invitations")) {
    violations.Add("invitation.name", kNameProblem);
  }
  request::CheckRequestId(request.request_id(), violations);
  PARTNERLINK_RETURN_IF_ERROR(CheckShape(request.invitation(), std::move(violations)));
  return UpdatePaths(request.update_mask(), request.invitation()).status();
}

absl::StatusOr<v1::Invitation> UpdateInvitation(const CallContext& context, const Deps& deps,
                                                const v1::UpdateInvitationRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(const google::protobuf::FieldMask paths,
                               UpdatePaths(request.update_mask(), request.invitation()));
  return outbox::Mutate<v1::Invitation>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Invitation> {
        PARTNERLINK_ASSIGN_OR_RETURN(
            const Row before,
            OpenForChange(transaction, request.invitation().name(), request.invitation().etag()));
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kUpdate, before.invitation.state()));
        Row edited = before;
        Merge(paths, request.invitation(), edited.invitation);
        PARTNERLINK_RETURN_IF_ERROR(CheckShape(edited.invitation, FieldViolations()));
        FillDefaults(edited.invitation);
        edited.email_key = EmailKey(edited.invitation);
        PARTNERLINK_RETURN_IF_ERROR(CheckTtl(edited.invitation, deps.min_ttl));
        const std::optional<parties::Partner> partner =
            parties::FindPartner(transaction, edited.partner);
        PARTNERLINK_ASSIGN_OR_RETURN(const std::optional<parties::Provider> provider,
                                     CheckMayInvite(transaction, deps, partner, edited));
        RenewDefaultTexts(deps, *partner, provider, before, edited);
        const std::optional<Row> after = UpdateDraft(transaction, edited);
        if (!after) return absl::InternalError("a locked draft was not updated");
        changes.Record(ChangeOf("invitation.updated", &before, &*after));
        return after->invitation;
      });
}

}  // namespace partnerlink::invitation::invitations
