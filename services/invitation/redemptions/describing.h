// An invitation as those see it who are asked to accept it.
#pragma once

#include <optional>
#include <string>

#include "services/invitation/invitations/store.h"
#include "services/invitation/redemptions/store.h"

namespace partnerlink::invitation::redemptions {

// What it stands for, whether and why it cannot be accepted now, and what accepting would make.
v1::LookupInvitationResponse Describe(const invitations::Row& row,
                                      const std::optional<parties::Partner>& partner,
                                      const std::optional<parties::Provider>& provider,
                                      const Agreement& agreement, const std::string& sign_up_url);

// Says to the account that has declined it, that it did, and so cannot accept it.
void AddDecline(v1::Decline decline, v1::LookupInvitationResponse& response);

}  // namespace partnerlink::invitation::redemptions
