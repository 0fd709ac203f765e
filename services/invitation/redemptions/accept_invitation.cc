// The customer's consent, recorded in one transaction; the relationships follow through the relay.
// The same account again gets its redemption again, whatever became of the invitation since.
#include "common/identifier/uuid.h"
#include "common/outbox/mutate.h"
#include "common/request/company.h"
#include "common/request/request.h"
#include "services/invitation/redemptions/handlers.h"
#include "services/invitation/redemptions/opening.h"
#include "services/invitation/redemptions/rules.h"
#include "services/invitation/redemptions/store.h"

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

outbox::Change ChangeOf(const invitations::Row& row, const v1::Redemption& redemption,
                        const std::string& order) {
  outbox::Change change;
  change.account = row.partner;
  change.resource = redemption.name();
  change.event = "invitation.accepted";
  change.before = outbox::ToJson(row.invitation);
  change.after = outbox::ToJson(redemption);
  change.target = kRelationshipService;
  change.payload = order;
  return change;
}

// Consumes the link. Whatever has changed since it was read makes the whole run again.
v1::Redemption Consume(postgres::Transaction& transaction, outbox::Changes& changes,
                       const CallContext& context, const v1::AcceptInvitationRequest& request,
                       const Opened& opened) {
  const invitations::Row& row = *opened.invitation;
  v1::Redemption redemption =
      Accept(transaction, row,
             {NewUuid(), context.principal.account, context.principal.subject,
              request.agreement_version(), opened.present_micros});
  const auto order =
      OrderFor(row, redemption, request, opened.parties.customer.has_value(), changes.Root());
  changes.Record(ChangeOf(row, redemption, order.SerializeAsString()));
  return redemption;
}

}  // namespace

absl::Status ValidateAcceptInvitation(const v1::AcceptInvitationRequest& request) {
  FieldViolations violations;
  CheckToken(request.token(), violations);
  if (request.agreement_version().empty() || request.agreement_version().size() > 64) {
    violations.Add("agreement_version", "is required, at most 64 characters");
  }
  if (request.accepted_roles_size() > 20) violations.Add("accepted_roles", "are more than 20");
  if (request.decline_grant() && !request.accepted_roles().empty()) {
    violations.Add("accepted_roles", "are not taken together with decline_grant");
  }
  if (request.has_company()) request::CheckCompany(request.company(), "company.", violations);
  request::CheckRequestId(request.request_id(), violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  if (!request.confirm()) violations.Add("confirm", "must be true: the person agrees");
  return violations.ToStatus(common::v1::CONFIRM_MISSING);
}

absl::StatusOr<v1::Redemption> AcceptInvitation(const CallContext& context, const Deps& deps,
                                                const v1::AcceptInvitationRequest& request) {
  const Link link = LinkOf(request.token());
  Opened opened;
  return outbox::MutateOnGround<v1::Redemption>(
      context, deps.pool, request, {request.request_id()},
      [&](postgres::Transaction& transaction, const outbox::RequestKey& key) {
        opened = Open(transaction, link.id, key);
        return opened.kept;
      },
      [&](postgres::Transaction& transaction,
          outbox::Changes& changes) -> absl::StatusOr<v1::Redemption> {
        PARTNERLINK_ASSIGN_OR_RETURN(const invitations::Row row,
                                     CheckLink(deps, link, opened.invitation));
        if (opened.redemption) return *opened.redemption;
        PARTNERLINK_RETURN_IF_ERROR(CheckAcceptance(
            row.invitation, row.partner, row.email_key, context.principal, request,
            SituationOf(deps, context.principal, opened.parties, request.company())));
        return Consume(transaction, changes, context, request, opened);
      });
}

absl::StatusOr<v1::Redemption> ReadRedemption(const CallContext& context, const Deps& deps,
                                              const v1::Redemption& accepted) {
  return postgres::ReadInOneStatement<v1::Redemption>(
      deps.pool, context,
      [&](postgres::Transaction& transaction) -> absl::StatusOr<v1::Redemption> {
        const std::optional<v1::Redemption> redemption = FindAlone(transaction, accepted.name());
        return redemption ? *redemption : accepted;
      });
}

}  // namespace partnerlink::invitation::redemptions
