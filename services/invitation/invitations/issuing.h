// What creating, changing and issuing an invitation and the provider's consent share.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "services/invitation/deps.h"
#include "services/invitation/invitations/events.h"
#include "services/invitation/invitations/rules.h"
#include "services/invitation/invitations/store.h"

namespace partnerlink::invitation::invitations {

// CheckInviter, with what it asks of partner and provider. Answers the provider of a combined
// invitation, whose partnership then stays as it is until this transaction ends.
absl::StatusOr<std::optional<parties::Provider>> CheckMayInvite(
    postgres::Transaction& transaction, const Deps& deps,
    const std::optional<parties::Partner>& partner, const Row& row);

// Gives the row, which has its id and its salt, the secret of its link in this generation.
absl::Status MakeLink(const link::Keys& keys, int32_t generation, Row& row);

// Writes subject and body where they are empty, in the locale's words.
void WriteDefaultTexts(const Deps& deps, const parties::Partner& partner,
                       const std::optional<parties::Provider>& provider, Row& row);

// Where a text of the row is as it was before a change, and in our own words, writes it anew: they
// speak of what has changed.
void RenewDefaultTexts(const Deps& deps, const parties::Partner& partner,
                       const std::optional<parties::Provider>& provider, const Row& before,
                       Row& row);

// Gives the row another life, and its texts as RenewDefaultTexts does.
void ChangeTtl(const Deps& deps, const parties::Partner& partner,
               const std::optional<parties::Provider>& provider,
               const google::protobuf::Duration& ttl, Row& row);

// Makes a draft acceptable, or asks the provider that wants to confirm, and records it; the row
// must be locked or new, `ground` its own. STATE_TRANSITION, the refusals of CheckInviter,
// INVITATION_EXISTS, QUOTA_EXCEEDED, FIELD_INVALID for a life that has become too short.
absl::StatusOr<Row> IssueDraft(postgres::Transaction& transaction, outbox::Changes& changes,
                               const Deps& deps, const Ground& ground, const Row& draft);

// The invitation of this name, locked: RESOURCE_NOT_FOUND, ETAG_MISMATCH.
absl::StatusOr<Row> OpenForChange(postgres::Transaction& transaction, const std::string& name,
                                  const std::string& etag);

}  // namespace partnerlink::invitation::invitations
