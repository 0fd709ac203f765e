// The mail as a person would send it, with the current link in it. The link is derived anew each
// time: it is kept nowhere.
#include "common/request/request.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/invitations/store.h"
#include "services/invitation/invitations/wording.h"
#include "services/invitation/link/link_base.h"
#include "services/invitation/link/token.h"
#include "services/invitation/message/mail.h"

namespace partnerlink::invitation::invitations {
namespace {

absl::StatusOr<v1::RenderInvitationResponse> Render(const Deps& deps, const Row& row,
                                                    const message::Draft& draft) {
  const v1::Invitation& invitation = row.invitation;
  PARTNERLINK_ASSIGN_OR_RETURN(
      const link::Token token,
      deps.keys.Derive(row.key_id, row.salt, row.id, invitation.generation(),
                       static_cast<uint8_t>(invitation.kind())));
  v1::RenderInvitationResponse response;
  response.set_link(link::LinkOf(deps.link_base, link::FormatToken(token)));
  PARTNERLINK_ASSIGN_OR_RETURN(
      message::Mail mail, message::Render({.locale = invitation.locale(),
                                           .subject = invitation.subject(),
                                           .body_text = invitation.body_text(),
                                           .link = response.link(),
                                           .recipient = invitation.customer_hint().email_address(),
                                           .invitation_id = row.id,
                                           .generation = invitation.generation(),
                                           .draft = draft}));
  response.set_subject(invitation.subject());
  response.set_text(std::move(mail.text));
  response.set_html(std::move(mail.html));
  if (mail.mailto_uri.empty()) {
    response.set_mailto_omission(v1::RenderInvitationResponse::TOO_LONG);
  }
  response.set_mailto_uri(std::move(mail.mailto_uri));
  response.set_eml(std::move(mail.eml));
  return response;
}

}  // namespace

absl::Status ValidateRenderInvitation(const v1::RenderInvitationRequest& request) {
  return CheckName(request.name(), FieldViolations());
}

absl::StatusOr<v1::RenderInvitationResponse> RenderInvitation(
    const CallContext& context, const Deps& deps, const v1::RenderInvitationRequest& request) {
  const auto name = request::ParseChildName(request.name(), "partners", "invitations");
  return postgres::Read<v1::RenderInvitationResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::RenderInvitationResponse> {
        const std::optional<Row> row = Find(transaction, name->account, name->id, Lock::kNone);
        if (!row) return NotFound();
        PARTNERLINK_RETURN_IF_ERROR(CheckAction(Action::kRender, row->invitation.state()));
        const std::optional<parties::Partner> partner =
            parties::FindPartner(transaction, row->partner);
        if (!partner) return absl::InternalError("an invitation's partner has gone");
        const std::optional<parties::Provider> provider =
            parties::FindProvider(transaction, row->invitation.provider(), row->partner);
        return Render(deps, *row, DraftOf(*row, *partner, provider, !deps.sign_up_url.empty()));
      });
}

}  // namespace partnerlink::invitation::invitations
