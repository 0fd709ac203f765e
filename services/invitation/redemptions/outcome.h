// What the relay does with Relationship's answer.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "common/outbox/relay.h"

namespace partnerlink::invitation::redemptions {

// Events of an acceptance: the first asks Relationship for relationships, the second for a
// partnership.
inline constexpr char kAccepted[] = "invitation.accepted";
inline constexpr char kPartnershipAccepted[] = "invitation.partnership_accepted";

// Writes the answer to EstablishRelationships or EstablishPartnership into the redemption that the
// delivery came from.
absl::Status TakeOverOutcome(postgres::Transaction& transaction, const outbox::Delivery& delivery,
                             const std::string& answer);

}  // namespace partnerlink::invitation::redemptions
