// From the text of a link to the row it stands for.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "services/invitation/deps.h"
#include "services/invitation/invitations/store.h"
#include "services/invitation/link/token.h"
#include "services/invitation/redemptions/rules.h"
#include "services/invitation/redemptions/store.h"

namespace partnerlink::invitation::redemptions {

// What the text of a link says; of a text that is none, something that no invitation has.
struct Link {
  link::Token token;
  std::string id;  // of the invitation
};
Link LinkOf(const std::string& token_text);

// The row, if the link's secret is that of this row; otherwise, and after the same work for no row,
// INVITATION_NOT_FOUND.
absl::StatusOr<invitations::Row> CheckLink(const Deps& deps, const Link& link,
                                           const std::optional<invitations::Row>& row);

// The invitation of a link, or INVITATION_NOT_FOUND, after the same work, for a text that is none,
// an unknown id, a wrong secret, another generation or kind.
absl::StatusOr<invitations::Row> OpenLink(postgres::Transaction& transaction, const Deps& deps,
                                          const std::string& token_text);

// The opened row again, locked: it cannot change until the transaction ends.
absl::StatusOr<invitations::Row> LockOpened(postgres::Transaction& transaction,
                                            const invitations::Row& opened);

// How partner and provider of an invitation stand; without provider where it names none.
Askers AskersOf(const std::optional<parties::Partner>& partner,
                const std::optional<parties::Provider>& provider);

// What the rules must know to judge this caller's acceptance, or its refusal, of the invitation.
Situation SituationOf(const Deps& deps, const Principal& principal, const Parties& parties,
                      const common::v1::Company& company);

// The shape of a `token` field; adds its violation.
void CheckToken(const std::string& token, FieldViolations& violations);

}  // namespace partnerlink::invitation::redemptions
