#include "services/invitation/invitations/issuing.h"

#include "services/invitation/invitations/rules.h"
#include "services/invitation/message/default_text.h"

namespace partnerlink::invitation::invitations {

absl::Status CheckMayInvite(const Deps& deps, const std::optional<Partner>& partner,
                            const Row& row) {
  const bool same_region =
      !partner || deps.regions.Same(partner->country, row.invitation.customer_hint().country());
  return CheckInviter(partner && partner->active, row.partner, same_region, row.invitation);
}

void WriteDefaultTexts(const Partner& partner, Row& row) {
  v1::Invitation& invitation = row.invitation;
  if (!invitation.subject().empty() && !invitation.body_text().empty()) return;
  const message::Draft draft{.locale = invitation.locale(),
                             .partner_display_name = partner.display_name,
                             .company_name = invitation.customer_hint().company_name(),
                             .note = invitation.note(),
                             .grant_roles = {invitation.grant_request().roles().begin(),
                                             invitation.grant_request().roles().end()},
                             .grant_duration_days = invitation.grant_request().duration_days(),
                             .ttl = absl::Seconds(invitation.ttl().seconds())};
  if (invitation.subject().empty()) invitation.set_subject(message::DefaultSubject(draft));
  if (invitation.body_text().empty()) invitation.set_body_text(message::DefaultBody(draft));
}

absl::StatusOr<Row> IssueDraft(postgres::Transaction& transaction, outbox::Changes& changes,
                               const Deps& deps, const Ground& ground, const Row& draft) {
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kIssue, draft.invitation.state()));
  PARTNERLINK_RETURN_IF_ERROR(CheckTtl(draft.invitation, deps.min_ttl));
  PARTNERLINK_RETURN_IF_ERROR(CheckMayInvite(deps, ground.partner, draft));
  PARTNERLINK_RETURN_IF_ERROR(CheckNoEqual(ground.open_equal));
  PARTNERLINK_RETURN_IF_ERROR(
      CheckQuota(draft.partner, CountIssuedToday(transaction, draft.partner), deps.daily_issues));
  std::optional<Row> issued = Issue(transaction, draft, ground.agreement_version);
  if (!issued) return absl::InternalError("a locked draft was not issued");
  changes.Record(ChangeOf("invitation.issued", &draft, &*issued));
  return *std::move(issued);
}

}  // namespace partnerlink::invitation::invitations
