#include "services/invitation/redemptions/describing.h"

#include <utility>

#include "services/invitation/redemptions/opening.h"
#include "services/invitation/redemptions/rules.h"

namespace partnerlink::invitation::redemptions {
namespace {

using relationship::v1::Relationship;

void Summarise(const std::string& name, const std::optional<parties::Partner>& partner,
               v1::LookupInvitationResponse::PartnerSummary& summary) {
  summary.set_name(name);
  if (!partner) return;
  summary.set_display_name(partner->display_name);
  summary.set_country(partner->country);
}

void AddRelationship(Relationship::Type type, const std::string& partner,
                     v1::LookupInvitationResponse& response) {
  auto& relationship = *response.add_relationships();
  relationship.set_type(type);
  relationship.set_partner(partner);
}

}  // namespace

v1::LookupInvitationResponse Describe(const invitations::Row& row,
                                      const std::optional<parties::Partner>& partner,
                                      const std::optional<parties::Provider>& provider,
                                      const Agreement& agreement, const std::string& sign_up_url) {
  const v1::Invitation& invitation = row.invitation;
  v1::LookupInvitationResponse response;
  response.set_kind(invitation.kind());
  Summarise(row.partner, partner, *response.mutable_partner());
  response.set_state(invitation.state());
  const auto reason = NotAcceptable(invitation.state(), AskersOf(partner, provider));
  response.set_acceptable(!reason);
  if (reason) response.set_not_acceptable_reason(*reason);
  if (invitation.has_expire_time()) *response.mutable_expire_time() = invitation.expire_time();
  response.mutable_agreement()->set_version(agreement.version);
  response.mutable_agreement()->set_text(agreement.text);
  response.mutable_agreement()->set_locale(agreement.locale);
  if (invitation.kind() != v1::Invitation::PARTNERSHIP) {
    AddRelationship(Relationship::RESELLER, row.partner, response);
  }
  if (!invitation.provider().empty()) {
    Summarise(invitation.provider(), provider ? std::optional(provider->partner) : std::nullopt,
              *response.mutable_provider());
    AddRelationship(Relationship::PROVIDER, invitation.provider(), response);
  }
  if (invitation.has_grant_request())
    *response.mutable_grant_request() = invitation.grant_request();
  response.set_sign_up_url(sign_up_url);
  return response;
}

void AddDecline(v1::Decline decline, v1::LookupInvitationResponse& response) {
  *response.mutable_decline() = std::move(decline);
  if (!response.acceptable()) return;
  response.set_acceptable(false);
  response.set_not_acceptable_reason(common::v1::INVITATION_DECLINED);
}

}  // namespace partnerlink::invitation::redemptions
