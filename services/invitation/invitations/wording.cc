#include "services/invitation/invitations/wording.h"

namespace partnerlink::invitation::invitations {

message::Draft DraftOf(const Row& row, const parties::Partner& partner,
                       const std::optional<parties::Provider>& provider, bool names_sign_up) {
  const v1::Invitation& invitation = row.invitation;
  const v1::Invitation::GrantRequest& grant = invitation.grant_request();
  return {.locale = invitation.locale(),
          .to_reseller = invitation.kind() == v1::Invitation::PARTNERSHIP,
          .partner_display_name = partner.display_name,
          .provider_display_name = provider ? provider->partner.display_name : "",
          .company_name = invitation.customer_hint().company_name(),
          .note = invitation.note(),
          .grant_roles = {grant.roles().begin(), grant.roles().end()},
          .grant_duration_days = grant.duration_days(),
          .ttl = absl::Seconds(invitation.ttl().seconds()),
          .names_sign_up = names_sign_up};
}

}  // namespace partnerlink::invitation::invitations
