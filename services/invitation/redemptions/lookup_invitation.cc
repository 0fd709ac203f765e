// What a link stands for, for anyone who holds it. Looking changes nothing, so mail scanners cannot
// use a link up.
#include "common/validation/text.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/opening.h"
#include "services/invitation/redemptions/store.h"

namespace partnerlink::invitation::redemptions {
namespace {

v1::LookupInvitationResponse Describe(const invitations::Row& row,
                                      const std::optional<invitations::Partner>& partner,
                                      const Agreement& agreement, const std::string& sign_up_url) {
  const v1::Invitation& invitation = row.invitation;
  v1::LookupInvitationResponse response;
  response.set_kind(invitation.kind());
  response.mutable_partner()->set_name(row.partner);
  if (partner) {
    response.mutable_partner()->set_display_name(partner->display_name);
    response.mutable_partner()->set_country(partner->country);
  }
  response.set_state(invitation.state());
  const auto reason = NotAcceptable(invitation.state(), partner && partner->active);
  response.set_acceptable(!reason);
  if (reason) response.set_not_acceptable_reason(*reason);
  if (invitation.has_expire_time()) *response.mutable_expire_time() = invitation.expire_time();
  response.mutable_agreement()->set_version(agreement.version);
  response.mutable_agreement()->set_text(agreement.text);
  auto& relationship = *response.add_relationships();
  relationship.set_type(relationship::v1::Relationship::RESELLER);
  relationship.set_partner(row.partner);
  if (invitation.has_grant_request())
    *response.mutable_grant_request() = invitation.grant_request();
  response.set_sign_up_url(sign_up_url);
  return response;
}

}  // namespace

absl::Status ValidateLookupInvitation(const v1::LookupInvitationRequest& request) {
  FieldViolations violations;
  CheckToken(request.token(), violations);
  if (!request.locale().empty() && !validation::IsLanguageTag(request.locale())) {
    violations.Add("locale", "is not a BCP-47 language tag");
  }
  return violations.ToStatus();
}

absl::StatusOr<v1::LookupInvitationResponse> LookupInvitation(
    const CallContext& context, const Deps& deps, const v1::LookupInvitationRequest& request) {
  return postgres::Read<v1::LookupInvitationResponse>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::LookupInvitationResponse> {
        PARTNERLINK_ASSIGN_OR_RETURN(const invitations::Row row,
                                     OpenLink(transaction, deps, request.token()));
        const std::string& locale =
            request.locale().empty() ? row.invitation.locale() : request.locale();
        return Describe(row, invitations::FindPartner(transaction, row.partner),
                        FindAgreement(transaction, locale), deps.sign_up_url);
      });
}

}  // namespace partnerlink::invitation::redemptions
