#include "services/directory/customers/refusals.h"

#include <utility>

#include "common/outbox/change.h"
#include "common/outbox/sweep.h"
#include "services/directory/customers/events.h"
#include "services/directory/customers/rules.h"
#include "services/directory/customers/store.h"

namespace partnerlink::directory::customers {
namespace {

using common::v1::ErrorReason;
using relationship::v1::EstablishCreatedCustomersRequest;
using relationship::v1::EstablishCreatedCustomersResponse;
using relationship::v1::EstablishRelationshipsRequest;
using relationship::v1::EstablishRelationshipsResponse;

constexpr char kMethod[] = "job/refused_creations";

outbox::Changes ChangesFor(postgres::Transaction& transaction, const outbox::Delivery& delivery,
                           const std::string& partner) {
  outbox::Actor actor = outbox::Worker("directory", kMethod, partner);
  actor.root = delivery.root;
  return outbox::Changes(transaction, std::move(actor));
}

void TakeBack(postgres::Transaction& transaction, outbox::Changes& changes,
              const std::string& customer, const std::string& partner, ErrorReason reason) {
  if (!Lock(transaction, customer)) return;
  const Creation creation = FindCreation(transaction, customer);
  if (creation.creator != partner || creation.is_served_by_creator) return;
  const v1::Customer refused = CompanyAlone(Find(transaction, {customer}, "").front());
  if (creation.is_served) {
    Disown(transaction, customer, partner);
  } else {
    DeleteCreation(transaction, customer);
  }
  outbox::Change change = ChangeOf(partner, "customer.refused", refused);
  change.cause = common::v1::ErrorReason_Name(reason);
  change.before = outbox::ToJson(refused);
  changes.Record(change);
}

absl::Status DoesNotParse() {
  return absl::InternalError("an order, or its answer, does not parse");
}

}  // namespace

absl::Status SettleCreation(postgres::Transaction& transaction, const outbox::Delivery& delivery,
                            const std::string& answer) {
  EstablishRelationshipsRequest order;
  EstablishRelationshipsResponse outcome;
  if (!order.ParseFromString(delivery.payload) || !outcome.ParseFromString(answer)) {
    return DoesNotParse();
  }
  for (const auto& edge : outcome.edges()) {
    // With RELATIONSHIP_EXISTS there is one.
    if (edge.state() != EstablishRelationshipsResponse::Edge::REFUSED ||
        edge.reason() == common::v1::RELATIONSHIP_EXISTS) {
      continue;
    }
    outbox::Changes changes = ChangesFor(transaction, delivery, edge.partner());
    TakeBack(transaction, changes, order.customer(), edge.partner(), edge.reason());
  }
  return absl::OkStatus();
}

absl::Status SettleCreations(postgres::Transaction& transaction, const outbox::Delivery& delivery,
                             const std::string& answer) {
  EstablishCreatedCustomersRequest order;
  EstablishCreatedCustomersResponse outcome;
  if (!order.ParseFromString(delivery.payload) || !outcome.ParseFromString(answer)) {
    return DoesNotParse();
  }
  outbox::Changes changes = ChangesFor(transaction, delivery, order.partner());
  for (const auto& refused : outcome.refused()) {
    TakeBack(transaction, changes, refused.customer(), order.partner(), refused.reason());
  }
  return absl::OkStatus();
}

}  // namespace partnerlink::directory::customers
