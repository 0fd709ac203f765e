// The accounts and roles that a token may carry, and that a method's `access` option may name.
#pragma once

#include <string_view>

#include "common/context/call_context.h"

namespace partnerlink::validation {

// The family of `partners/{id}`, `customers/{id}` or `operators`, where an id is
// `[a-z0-9][a-z0-9-]{1,61}[a-z0-9]`. kNone for everything else.
AccountFamily FamilyOf(std::string_view account);

// What an account is called without its family: partners/contoso and customers/contoso are of one
// tenant. Empty for the empty name.
std::string_view TenantOf(std::string_view account);

// Whether accounts of the family may hold the role.
bool IsRoleOf(AccountFamily family, std::string_view role);

// Whether some family knows the role.
bool IsRole(std::string_view role);

}  // namespace partnerlink::validation
