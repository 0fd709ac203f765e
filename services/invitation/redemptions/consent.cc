#include "services/invitation/redemptions/consent.h"

#include "common/identifier/uuid.h"
#include "common/postgres/fields.h"
#include "common/request/company.h"
#include "services/invitation/declines/store.h"
#include "services/invitation/invitations/events.h"
#include "services/invitation/redemptions/opening.h"
#include "services/invitation/redemptions/outcome.h"
#include "services/invitation/redemptions/rules.h"

namespace partnerlink::invitation::redemptions {
namespace {

constexpr char kRelationshipService[] = "relationship";

// What Relationship must make of the acceptance. A company that is known is not told anew.
relationship::v1::EstablishRelationshipsRequest OrderFor(const invitations::Row& row,
                                                         const v1::Redemption& redemption,
                                                         const v1::AcceptInvitationRequest& request,
                                                         bool customer_is_known,
                                                         const std::string& root) {
  relationship::v1::EstablishRelationshipsRequest order;
  order.set_source(redemption.name());
  order.set_origin(relationship::v1::Relationship::INVITATION);
  order.set_invitation(row.invitation.name());
  order.set_customer(redemption.customer());
  if (!customer_is_known) *order.mutable_company() = request::Normalise(request.company());
  auto& edge = *order.add_edges();
  edge.set_type(relationship::v1::Relationship::RESELLER);
  edge.set_partner(row.partner);
  if (const std::string& provider = row.invitation.provider(); !provider.empty()) {
    auto& other = *order.add_edges();
    other.set_type(relationship::v1::Relationship::PROVIDER);
    other.set_partner(provider);
    other.set_via_partner(row.partner);
  }
  const std::vector<std::string> roles = RolesGiven(row.invitation, request);
  if (!roles.empty()) {
    auto& grant = *order.mutable_grant();
    grant.set_partner(row.partner);
    for (const std::string& role : roles) grant.add_roles(role);
    grant.set_duration_days(row.invitation.grant_request().duration_days());
    grant.set_auto_extend(row.invitation.grant_request().auto_extend());
  }
  order.set_channel(row.invitation.channel());
  order.set_actor(redemption.actor());
  order.set_root_event(root);
  return order;
}

relationship::v1::EstablishPartnershipRequest PartnershipOrderFor(const invitations::Row& row,
                                                                  const v1::Redemption& redemption,
                                                                  const std::string& root) {
  relationship::v1::EstablishPartnershipRequest order;
  order.set_source(redemption.name());
  order.set_invitation(row.invitation.name());
  order.set_provider(row.partner);
  order.set_reseller(redemption.customer());
  order.set_actor(redemption.actor());
  order.set_root_event(root);
  return order;
}

outbox::Change ChangeOf(const invitations::Row& row, const v1::Redemption& redemption,
                        const char* event, const std::string& order) {
  outbox::Change change;
  change.account = row.partner;
  change.resource = redemption.name();
  change.event = event;
  change.before = outbox::ToJson(row.invitation);
  change.after = outbox::ToJson(redemption);
  change.target = kRelationshipService;
  change.payload = order;
  return change;
}

// Whatever has changed since it was read makes the whole run again.
v1::Redemption Consume(postgres::Transaction& transaction, outbox::Changes& changes,
                       const CallContext& context, const v1::AcceptInvitationRequest& request,
                       const invitations::Row& row, const Parties& parties,
                       int64_t present_micros) {
  v1::Redemption redemption =
      Accept(transaction, row,
             {NewUuid(), context.principal.account, context.principal.subject,
              request.agreement_version(), present_micros});
  if (row.invitation.kind() == v1::Invitation::PARTNERSHIP) {
    const auto order = PartnershipOrderFor(row, redemption, changes.Root());
    changes.Record(ChangeOf(row, redemption, kPartnershipAccepted, order.SerializeAsString()));
  } else {
    const auto order =
        OrderFor(row, redemption, request, parties.customer.has_value(), changes.Root());
    changes.Record(ChangeOf(row, redemption, kAccepted, order.SerializeAsString()));
  }
  return redemption;
}

v1::DeclineInvitationResponse AnswerFor(const invitations::Row& row, const v1::Decline& decline) {
  v1::DeclineInvitationResponse response;
  response.set_invitation(row.invitation.name());
  response.set_state(row.invitation.state());
  *response.mutable_decline_time() = decline.decline_time();
  return response;
}

// The link stays for the others.
absl::StatusOr<v1::DeclineInvitationResponse> DeclineOpen(postgres::Transaction& transaction,
                                                          outbox::Changes& changes,
                                                          const Principal& principal,
                                                          const invitations::Row& row,
                                                          const std::string& reason) {
  // Who has accepted has nothing left to decline.
  if (FindRedemption(transaction, row, principal.account)) {
    return AcceptedBefore();
  }
  const v1::Decline decline =
      declines::Insert(transaction, row, principal.account, principal.subject, reason);
  outbox::Change change;
  change.account = row.partner;
  change.resource = decline.name();
  change.event = "invitation.declined_by_one";
  change.cause = reason;
  change.before = outbox::ToJson(row.invitation);
  change.after = outbox::ToJson(decline);
  change.payload = decline.SerializeAsString();
  changes.Record(change);
  return AnswerFor(row, decline);
}

}  // namespace

void CheckConsent(const v1::AcceptInvitationRequest& request, FieldViolations& violations) {
  if (request.agreement_version().empty() || request.agreement_version().size() > 64) {
    violations.Add("agreement_version", "is required, at most 64 characters");
  }
  if (request.accepted_roles_size() > 20) violations.Add("accepted_roles", "are more than 20");
  if (request.decline_grant() && !request.accepted_roles().empty()) {
    violations.Add("accepted_roles", "are not taken together with decline_grant");
  }
  if (request.has_company()) request::CheckCompany(request.company(), "company.", violations);
}

absl::Status CheckConfirmed(const v1::AcceptInvitationRequest& request) {
  FieldViolations violations;
  if (!request.confirm()) violations.Add("confirm", "must be true: the person agrees");
  return violations.ToStatus(common::v1::CONFIRM_MISSING);
}

absl::StatusOr<v1::Redemption> Consent(postgres::Transaction& transaction, outbox::Changes& changes,
                                       const CallContext& context, const Deps& deps,
                                       const v1::AcceptInvitationRequest& request,
                                       const invitations::Row& row, const Parties& parties,
                                       int64_t present_micros) {
  PARTNERLINK_RETURN_IF_ERROR(
      CheckAcceptance(row.invitation, row.partner, row.email_key, context.principal, request,
                      SituationOf(deps, context.principal, parties, request.company())));
  return Consume(transaction, changes, context, request, row, parties, present_micros);
}

absl::StatusOr<v1::DeclineInvitationResponse> Refuse(postgres::Transaction& transaction,
                                                     outbox::Changes& changes,
                                                     const CallContext& context, const Deps& deps,
                                                     const invitations::Row& row,
                                                     const Parties& parties,
                                                     const std::string& reason) {
  const std::string& account = context.principal.account;
  if (const auto before = declines::Find(transaction, row, account)) return AnswerFor(row, *before);
  if (row.invitation.state() == v1::Invitation::ACCEPTED && row.decided_by == account) {
    return AcceptedBefore();
  }
  PARTNERLINK_RETURN_IF_ERROR(CheckDeclinable(row.invitation.state()));
  PARTNERLINK_RETURN_IF_ERROR(CheckAccount(row.invitation, row.partner, row.email_key,
                                           context.principal,
                                           SituationOf(deps, context.principal, parties, {})));
  if (row.invitation.mode() == v1::Invitation::OPEN) {
    return DeclineOpen(transaction, changes, context.principal, row, reason);
  }
  const auto declined = invitations::Decline(transaction, row, account, reason);
  // Its time has run out since it was read.
  if (!declined) return CheckDeclinable(v1::Invitation::EXPIRED);
  changes.Record(invitations::ChangeOf("invitation.declined", &row, &*declined, reason));
  return AnswerFor(*declined, declines::Insert(transaction, *declined, account,
                                               context.principal.subject, reason));
}

}  // namespace partnerlink::invitation::redemptions
