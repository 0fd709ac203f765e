#include "common/validation/accounts.h"

#include <algorithm>
#include <iterator>

#include "common/validation/text.h"

namespace partnerlink::validation {
namespace {

struct FamilyRole {
  AccountFamily family;
  std::string_view role;
};

constexpr FamilyRole kRoles[] = {
    {AccountFamily::kPartner, "global_admin"},  {AccountFamily::kPartner, "admin_agent"},
    {AccountFamily::kPartner, "sales_agent"},   {AccountFamily::kPartner, "helpdesk_agent"},
    {AccountFamily::kCustomer, "global_admin"}, {AccountFamily::kCustomer, "billing_admin"},
    {AccountFamily::kOperator, "operator"},
};

}  // namespace

AccountFamily FamilyOf(std::string_view account) {
  if (account == kOperators) return AccountFamily::kOperator;
  const auto is_in = [&](std::string_view collection) {
    return account.starts_with(collection) && IsAccountId(account.substr(collection.size()));
  };
  if (is_in("partners/")) return AccountFamily::kPartner;
  if (is_in("customers/")) return AccountFamily::kCustomer;
  return AccountFamily::kNone;
}

std::string_view TenantOf(std::string_view account) {
  return account.substr(account.find('/') + 1);
}

bool IsRoleOf(AccountFamily family, std::string_view role) {
  return std::any_of(std::begin(kRoles), std::end(kRoles), [&](const FamilyRole& known) {
    return known.family == family && known.role == role;
  });
}

bool IsRole(std::string_view role) {
  return std::any_of(std::begin(kRoles), std::end(kRoles),
                     [&](const FamilyRole& known) { return known.role == role; });
}

}  // namespace partnerlink::validation
