// What a link stands for, for anyone who holds it. Looking changes nothing, so mail scanners cannot
// use a link up. An account that has accepted it is told so, and what came of that; one that has
// declined it, that it did.
#include "common/validation/text.h"
#include "services/invitation/declines/store.h"
#include "services/invitation/redemptions/describing.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/opening.h"
#include "services/invitation/redemptions/rules.h"
#include "services/invitation/redemptions/store.h"

namespace partnerlink::invitation::redemptions {

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
        v1::LookupInvitationResponse response =
            Describe(row, parties::FindPartner(transaction, row.partner),
                     parties::FindProvider(transaction, row.invitation.provider(), row.partner),
                     FindAgreement(transaction, row.invitation.kind(), locale), deps.sign_up_url);
        if (MayAnswer(context.principal)) {
          auto redemption = FindRedemption(transaction, row, context.principal.account);
          if (redemption) {
            *response.mutable_redemption() = *std::move(redemption);
          } else if (auto decline = declines::Find(transaction, row, context.principal.account)) {
            AddDecline(*std::move(decline), response);
          }
        }
        return response;
      });
}

}  // namespace partnerlink::invitation::redemptions
