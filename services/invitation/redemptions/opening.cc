#include "services/invitation/redemptions/opening.h"

#include "services/invitation/invitations/rules.h"

namespace partnerlink::invitation::redemptions {
namespace {

// Stands in for a text that is no token, so that such a text costs a look-up too.
constexpr char kNoInvitation[] = "00000000-0000-0000-0000-000000000000";

}  // namespace

Link LinkOf(const std::string& token_text) {
  const std::optional<link::Token> parsed = link::ParseToken(token_text);
  return {parsed.value_or(link::Token()), parsed ? link::InvitationId(*parsed) : kNoInvitation};
}

absl::StatusOr<invitations::Row> CheckLink(const Deps& deps, const Link& link,
                                           const std::optional<invitations::Row>& row) {
  const bool good = row ? deps.keys.Verify(link.token, row->key_id, row->secret_hash)
                        : deps.keys.VerifyUnknown(link.token);
  if (!row || !good) return NoSuchInvitation();
  return *row;
}

absl::StatusOr<invitations::Row> OpenLink(postgres::Transaction& transaction, const Deps& deps,
                                          const std::string& token_text) {
  const Link link = LinkOf(token_text);
  transaction.SeeInvitation(link.id);
  return CheckLink(deps, link,
                   invitations::FindByLink(transaction, link.id, invitations::Lock::kNone));
}

absl::StatusOr<invitations::Row> LockOpened(postgres::Transaction& transaction,
                                            const invitations::Row& opened) {
  std::optional<invitations::Row> row =
      invitations::FindByLink(transaction, opened.id, invitations::Lock::kForUpdate);
  // Deleted, or given a new link, while this waited.
  if (!row || row->invitation.generation() != opened.invitation.generation()) {
    return NoSuchInvitation();
  }
  return *std::move(row);
}

Askers AskersOf(const std::optional<parties::Partner>& partner,
                const std::optional<parties::Provider>& provider) {
  Askers askers;
  askers.partner_is_active = partner && partner->active;
  if (provider) {
    askers.provider_is_active = provider->partner.active;
    askers.partnership_is_active = provider->partnership_is_active;
  }
  return askers;
}

Situation SituationOf(const Deps& deps, const Principal& principal, const Parties& parties,
                      const common::v1::Company& company) {
  Situation situation;
  const auto& [partner, provider, reseller, customer, has_declined, current_agreement] = parties;
  situation.askers = AskersOf(partner, provider);
  situation.customer_is_known = customer.has_value();
  situation.account_is_reseller = reseller && reseller->is_reseller;
  situation.has_declined = has_declined;
  const std::string country = customer   ? customer->country
                              : reseller ? reseller->country
                                         : company.country();
  situation.same_region = partner && deps.regions.Same(partner->country, country) &&
                          (!provider || deps.regions.Same(provider->partner.country, country));
  if (customer) situation.verified_domains = customer->verified_domains;
  situation.email_key = principal.email_verified ? invitations::EmailKeyOf(principal.email) : "";
  situation.current_agreement = current_agreement;
  return situation;
}

void CheckToken(const std::string& token, FieldViolations& violations) {
  if (token.empty()) violations.Add("token", "is required");
  if (token.size() > link::kMaxTokenText) violations.Add("token", "is longer than 512 characters");
}

}  // namespace partnerlink::invitation::redemptions
