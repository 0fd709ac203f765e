// What creating and issuing share.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/invitation/deps.h"
#include "services/invitation/invitations/events.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::invitations {

// PARTNER_SUSPENDED, SELF_RELATIONSHIP or REGION.
absl::Status CheckMayInvite(const Deps& deps, const std::optional<Partner>& partner,
                            const Row& row);

// Writes subject and body where they are empty, in the locale's words.
void WriteDefaultTexts(const Partner& partner, Row& row);

// Makes a draft acceptable and records it; the row must be locked or new, `ground` its own.
// STATE_TRANSITION, PARTNER_SUSPENDED, SELF_RELATIONSHIP, REGION, INVITATION_EXISTS,
// QUOTA_EXCEEDED, FIELD_INVALID for a life that has become too short.
absl::StatusOr<Row> IssueDraft(postgres::Transaction& transaction, outbox::Changes& changes,
                               const Deps& deps, const Ground& ground, const Row& draft);

}  // namespace partnerlink::invitation::invitations
