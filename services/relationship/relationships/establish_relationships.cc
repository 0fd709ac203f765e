// What a customer has accepted, or what comes with a customer that a partner has created, becomes
// edges and a grant: see establishing.h. Said again it answers the first answer.
#include "services/relationship/grants/rules.h"
#include "services/relationship/relationships/establishing.h"
#include "services/relationship/relationships/handlers.h"
#include "services/relationship/relationships/rules.h"

namespace partnerlink::relationship::relationships {
namespace {

using v1::EstablishRelationshipsRequest;
using v1::EstablishRelationshipsResponse;

outbox::Actor ActorOf(const CallContext& context, const EstablishRelationshipsRequest& request) {
  outbox::Actor actor = outbox::ActorOf(context);
  actor.subject = request.actor();
  // The customer accepts; a partner creates.
  actor.on_behalf_of = request.origin() == v1::Relationship::INVITATION
                           ? request.customer()
                           : request.edges(0).partner();
  actor.root = request.root_event();
  return actor;
}

}  // namespace

absl::Status ValidateEstablishRelationships(const EstablishRelationshipsRequest& request) {
  FieldViolations violations;
  CheckShape(request, violations);
  if (request.has_grant()) grants::CheckTerms(request.grant(), "grant", violations);
  return violations.ToStatus();
}

absl::StatusOr<EstablishRelationshipsResponse> EstablishRelationships(
    const CallContext& context, const Deps& deps, const EstablishRelationshipsRequest& request) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      Establishment made,
      postgres::Transact<Establishment>(
          deps.work_pool, {"", context.deadline}, [&](postgres::Transaction& transaction) {
            return Establish(transaction, ActorOf(context, request), deps, request);
          }));
  if (made.directory_hears) context.outcome->root_event = request.root_event();
  return std::move(made.response);
}

}  // namespace partnerlink::relationship::relationships
