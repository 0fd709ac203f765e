// Takes over that a partnership has ended: the reseller's open invitations that ask for the
// provider too are revoked with that cause, a batch per transaction. Only those made before the
// end: the two may have a new partnership by now. So a repeated call finds nothing more, and a call
// that has not come to the end of them goes on where it stopped.
#include "common/request/request.h"
#include "common/status/status.h"
#include "common/validation/text.h"
#include "services/invitation/invitations/events.h"
#include "services/invitation/invitations/handlers.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::invitations {
namespace {

constexpr char kPartnershipEnded[] = "partnership ended";
constexpr int kRevocationBatch = 200;

// The person who ended it does what follows from it.
outbox::Actor ActorOf(const CallContext& context, const v1::ApplyPartnershipsRequest& request) {
  outbox::Actor actor = outbox::ActorOf(context);
  actor.subject = request.actor();
  actor.on_behalf_of = request.actor_account();
  actor.root = request.root_event();
  return actor;
}

absl::StatusOr<size_t> RevokeBatch(const CallContext& context, const Deps& deps,
                                   const v1::ApplyPartnershipsRequest& request) {
  return postgres::Transact<size_t>(
      deps.work_pool, postgres::Scope{"", context.deadline},
      [&](postgres::Transaction& transaction) -> absl::StatusOr<size_t> {
        outbox::Changes changes(transaction, ActorOf(context, request));
        const std::vector<Changed> revoked =
            RevokeCombined(transaction, request, kPartnershipEnded, kRevocationBatch);
        for (const Changed& row : revoked) {
          changes.Record(
              ChangeOf("invitation.revoked", &row.before, &row.after, kPartnershipEnded));
        }
        return revoked.size();
      });
}

}  // namespace

absl::Status ValidateApplyPartnerships(const v1::ApplyPartnershipsRequest& request) {
  FieldViolations violations;
  const auto require_partner = [&](const char* field, const std::string& name) {
    if (!request::IsAccountName(name, "partners")) {
      violations.Add(field, "is not of the form partners/{id}");
    }
  };
  if (!request::ParseChildName(request.partnership(), "partners", "partnerships")) {
    violations.Add("partnership", "is not of the form partners/{id}/partnerships/{uuid}");
  }
  require_partner("provider", request.provider());
  require_partner("reseller", request.reseller());
  require_partner("actor_account", request.actor_account());
  if (!request.has_end_time()) violations.Add("end_time", "is required");
  if (request.actor().empty()) violations.Add("actor", "is required");
  if (!validation::IsUuid(request.root_event())) violations.Add("root_event", "is not a UUID");
  return violations.ToStatus();
}

absl::StatusOr<v1::ApplyPartnershipsResponse> ApplyPartnerships(
    const CallContext& context, const Deps& deps, const v1::ApplyPartnershipsRequest& request) {
  while (true) {
    // Until nothing is left: of a full batch some may run out before they are revoked.
    PARTNERLINK_ASSIGN_OR_RETURN(const size_t revoked, RevokeBatch(context, deps, request));
    if (revoked == 0) return v1::ApplyPartnershipsResponse();
  }
}

}  // namespace partnerlink::invitation::invitations
