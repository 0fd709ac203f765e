// What the relay does with Relationship's answer.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/outbox/relay.h"

namespace partnerlink::invitation::redemptions {

// Writes the answer to EstablishRelationships into the redemption that the delivery came from.
absl::Status TakeOverOutcome(postgres::Transaction& transaction, const outbox::Delivery& delivery,
                             const std::string& answer);

}  // namespace partnerlink::invitation::redemptions
