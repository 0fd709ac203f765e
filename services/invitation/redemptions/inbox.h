// What waits for a customer without its holding a link.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/context/call_context.h"
#include "common/paging/newest_first.h"
#include "common/status/status.h"
#include "services/invitation/redemptions/store.h"

namespace partnerlink::invitation::redemptions {

// `customers/{id}/receivedInvitations/{uuid}`; the id is the invitation's.
std::string ReceivedName(const std::string& customer, const std::string& id);

// The shape of such a `name`; adds its violation.
void CheckReceivedName(std::string_view name, FieldViolations& violations);

// Who is addressed by hints, with the domains that the directory has verified.
Addressee AddresseeOf(postgres::Transaction& transaction, const Principal& principal);

}  // namespace partnerlink::invitation::redemptions
