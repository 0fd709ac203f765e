#include "services/invitation/redemptions/outcome.h"

#include "services/invitation/redemptions/store.h"

namespace partnerlink::invitation::redemptions {

absl::Status TakeOverOutcome(postgres::Transaction& transaction, const outbox::Delivery& delivery,
                             const std::string& answer) {
  if (delivery.event == kPartnershipAccepted) {
    relationship::v1::EstablishPartnershipResponse partnership;
    if (!partnership.ParseFromString(answer)) {
      return absl::InternalError("the answer of Relationship does not parse");
    }
    RecordPartnership(transaction, delivery.resource, partnership);
    return absl::OkStatus();
  }
  relationship::v1::EstablishRelationshipsResponse outcome;
  if (!outcome.ParseFromString(answer)) {
    return absl::InternalError("the answer of Relationship does not parse");
  }
  RecordOutcome(transaction, delivery.resource, outcome);
  return absl::OkStatus();
}

}  // namespace partnerlink::invitation::redemptions
