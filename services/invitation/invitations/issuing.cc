#include "services/invitation/invitations/issuing.h"

#include "services/invitation/invitations/rules.h"
#include "services/invitation/message/default_text.h"

namespace partnerlink::invitation::invitations {

absl::Status CheckMayInvite(postgres::Transaction& transaction, const Deps& deps, const Row& row) {
  const std::optional<Partner> partner = FindPartner(transaction, row.partner);
  const bool same_region =
      !partner || deps.regions.Same(partner->country, row.invitation.customer_hint().country());
  return CheckInviter(partner && partner->active, row.partner, same_region, row.invitation);
}

absl::Status WriteDefaultTexts(postgres::Transaction& transaction, Row& row) {
  v1::Invitation& invitation = row.invitation;
  if (!invitation.subject().empty() && !invitation.body_text().empty()) return absl::OkStatus();
  const std::optional<Partner> partner = FindPartner(transaction, row.partner);
  if (!partner) return absl::InternalError("the partner has gone");
  const message::Draft draft{.locale = invitation.locale(),
                             .partner_display_name = partner->display_name,
                             .company_name = invitation.customer_hint().company_name(),
                             .note = invitation.note(),
                             .grant_roles = {invitation.grant_request().roles().begin(),
                                             invitation.grant_request().roles().end()},
                             .grant_duration_days = invitation.grant_request().duration_days(),
                             .ttl = absl::Seconds(invitation.ttl().seconds())};
  if (invitation.subject().empty()) invitation.set_subject(message::DefaultSubject(draft));
  if (invitation.body_text().empty()) invitation.set_body_text(message::DefaultBody(draft));
  return absl::OkStatus();
}

absl::StatusOr<Row> IssueDraft(postgres::Transaction& transaction, outbox::Changes& changes,
                               const Deps& deps, const Row& draft) {
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kIssue, draft.invitation.state()));
  PARTNERLINK_RETURN_IF_ERROR(CheckTtl(draft.invitation, deps.min_ttl));
  PARTNERLINK_RETURN_IF_ERROR(CheckMayInvite(transaction, deps, draft));
  PARTNERLINK_RETURN_IF_ERROR(CheckNoEqual(FindOpenEqual(transaction, draft)));
  PARTNERLINK_RETURN_IF_ERROR(
      CheckQuota(draft.partner, CountIssuedToday(transaction, draft.partner), deps.daily_issues));
  std::optional<Row> issued = Issue(transaction, draft, CurrentAgreement(transaction));
  if (!issued) return absl::InternalError("a locked draft was not issued");
  changes.Record(ChangeOf("invitation.issued", &draft, &*issued));
  return *std::move(issued);
}

}  // namespace partnerlink::invitation::invitations
