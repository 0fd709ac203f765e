// What the provider's consent and its refusal share.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "common/outbox/change.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::invitations {

struct ProviderDecision {
  Action action;
  const char* event;
  std::string cause;
};

// Lets the provider decide on the invitation of this name, and records it; answers the invitation
// as the provider sees it. `decide` answers the row after; none where it is no longer the one
// before. RESOURCE_NOT_FOUND, ETAG_MISMATCH, STATE_TRANSITION, CONFLICT with another change, and
// what `decide` refuses with.
absl::StatusOr<v1::Invitation> DecideProviderPart(
    postgres::Transaction& transaction, outbox::Changes& changes, const Principal& principal,
    const std::string& name, const std::string& etag, const ProviderDecision& decision,
    const std::function<absl::StatusOr<std::optional<Row>>(const Row& before)>& decide);

}  // namespace partnerlink::invitation::invitations
