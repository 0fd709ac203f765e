// From the text of a link to the row it stands for.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "services/invitation/deps.h"
#include "services/invitation/invitations/store.h"
#include "services/invitation/redemptions/rules.h"

namespace partnerlink::invitation::redemptions {

// The invitation of a link, or INVITATION_NOT_FOUND, after the same work, for a text that is none,
// an unknown id, a wrong secret, another generation or kind.
absl::StatusOr<invitations::Row> OpenLink(postgres::Transaction& transaction, const Deps& deps,
                                          const std::string& token_text);

// The opened row again, locked: it cannot change until the transaction ends.
absl::StatusOr<invitations::Row> LockOpened(postgres::Transaction& transaction,
                                            const invitations::Row& opened);

// What the rules must know to judge this caller's acceptance, or its refusal, of the invitation.
Situation SituationOf(postgres::Transaction& transaction, const Deps& deps,
                      const Principal& principal, const invitations::Row& invitation,
                      const common::v1::Company& company);

// The shape of a `token` field; adds its violation.
void CheckToken(const std::string& token, FieldViolations& violations);

}  // namespace partnerlink::invitation::redemptions
