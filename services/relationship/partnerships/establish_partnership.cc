// What a reseller has accepted becomes a partnership, once per source: said again it answers the
// first answer. Decided on what the two partners and their partnership are under the locks.
#include "common/outbox/change.h"
#include "common/status/status.h"
#include "services/relationship/establishments/store.h"
#include "services/relationship/partners/store.h"
#include "services/relationship/partnerships/events.h"
#include "services/relationship/partnerships/handlers.h"
#include "services/relationship/partnerships/rules.h"
#include "services/relationship/partnerships/store.h"

namespace partnerlink::relationship::partnerships {
namespace {

using v1::EstablishPartnershipRequest;
using v1::EstablishPartnershipResponse;

// The reseller's person accepts.
outbox::Actor ActorOf(const CallContext& context, const EstablishPartnershipRequest& request) {
  outbox::Actor actor = outbox::ActorOf(context);
  actor.subject = request.actor();
  actor.on_behalf_of = request.reseller();
  actor.root = request.root_event();
  return actor;
}

const v1::Partner* Named(const std::vector<v1::Partner>& partners, const std::string& name) {
  for (const v1::Partner& partner : partners) {
    if (partner.name() == name) return &partner;
  }
  return nullptr;
}

// Locks in one order everywhere: the partners, the pair.
Ground Lock(postgres::Transaction& transaction, const Deps& deps,
            const EstablishPartnershipRequest& request, std::vector<v1::Partner>& partners) {
  partners = partners::LockShared(transaction, {request.provider(), request.reseller()});
  LockPair(transaction, request.provider(), request.reseller());
  Ground ground{.provider = Named(partners, request.provider()),
                .reseller = Named(partners, request.reseller())};
  ground.same_region = ground.provider != nullptr && ground.reseller != nullptr &&
                       deps.regions.Same(ground.provider->country(), ground.reseller->country());
  return ground;
}

EstablishPartnershipResponse Refuse(outbox::Changes& changes,
                                    const EstablishPartnershipRequest& request,
                                    const EstablishPartnershipResponse& refusal) {
  outbox::Change change;
  change.account = request.reseller();
  change.resource = request.invitation();
  change.event = "partnership.refused";
  change.after = outbox::ToJson(refusal);
  change.payload = refusal.SerializeAsString();
  changes.Record(change);
  return refusal;
}

absl::StatusOr<EstablishPartnershipResponse> Establish(postgres::Transaction& transaction,
                                                       const CallContext& context, const Deps& deps,
                                                       const EstablishPartnershipRequest& request) {
  std::vector<v1::Partner> partners;
  const Ground ground = Lock(transaction, deps, request, partners);
  EstablishPartnershipResponse response;
  if (const auto first = establishments::Find(transaction, request.source())) {
    if (response.ParseFromString(*first)) return response;
    return absl::InternalError("a kept answer does not parse");
  }
  outbox::Changes changes(transaction, ActorOf(context, request));
  const v1::Partnership wanted = ToEstablish(request);
  if (const auto reason = WhyNot(wanted, ground)) {
    response = Refuse(changes, request, Refused(*reason));
  } else if (const auto live = FindLive(transaction, request.provider(), request.reseller())) {
    response = Refuse(changes, request, Exists(live->partnership));
  } else {
    const Row created = Insert(transaction, wanted, request.source());
    Record(changes, "partnership.established", nullptr, created);
    response = Established(created.partnership);
  }
  establishments::Keep(transaction, request.source(), response.SerializeAsString());
  return response;
}

}  // namespace

absl::Status ValidateEstablishPartnership(const EstablishPartnershipRequest& request) {
  FieldViolations violations;
  CheckShape(request, violations);
  return violations.ToStatus();
}

absl::StatusOr<EstablishPartnershipResponse> EstablishPartnership(
    const CallContext& context, const Deps& deps, const EstablishPartnershipRequest& request) {
  return postgres::Transact<EstablishPartnershipResponse>(
      deps.work_pool, {"", context.deadline}, [&](postgres::Transaction& transaction) {
        return Establish(transaction, context, deps, request);
      });
}

}  // namespace partnerlink::relationship::partnerships
