#include "common/access/permission.h"

#include <algorithm>

namespace partnerlink::access {
namespace {

using relationship::v1::Relationship;
using Names = std::vector<std::string_view>;

const std::vector<Permission>& Table() {
  const Names all = {"global_admin", "admin_agent", "sales_agent", "helpdesk_agent"};
  const Names sales = {"global_admin", "admin_agent", "sales_agent"};
  const Names admins = {"global_admin", "admin_agent"};
  const Names support = {"global_admin", "admin_agent", "helpdesk_agent"};
  const Names customer_admins = {"global_admin"};
  const Names customer_readers = {"global_admin", "billing_admin"};
  const std::vector<Relationship::Type> any_type = {Relationship::RESELLER, Relationship::PROVIDER};
  const std::vector<Relationship::Type> reseller = {Relationship::RESELLER};
  const std::vector<Relationship::State> live = {Relationship::ACTIVE, Relationship::SUSPENDED,
                                                 Relationship::ENDING};
  const std::vector<Relationship::State> active = {Relationship::ACTIVE};
  const std::vector<Relationship::State> removable = {Relationship::ACTIVE,
                                                      Relationship::SUSPENDED};
  const Names administration = {"user_admin", "license_admin", "service_admin",
                                "subscription_admin"};
  const Names any_grant = {"user_admin", "license_admin", "service_admin", "subscription_admin",
                           "directory_reader"};
  static const auto* const table = new std::vector<Permission>{
      {.name = "customer.view",
       .partner_roles = all,
       .edge_types = any_type,
       .edge_states = live,
       .grant_roles = any_grant,
       .customer_roles = customer_readers,
       .operators = true},
      {.name = "customer.edit",
       .partner_roles = admins,
       .grant_roles = administration,
       .customer_roles = customer_admins,
       .operators = true},
      {.name = "order.create",
       .partner_roles = sales,
       .edge_types = any_type,
       .edge_states = active},
      {.name = "order.view",
       .partner_roles = sales,
       .edge_types = any_type,
       .edge_states = live,
       .customer_roles = customer_readers},
      {.name = "subscription.view",
       .partner_roles = all,
       .edge_types = reseller,
       .edge_states = live,
       .grant_roles = {"subscription_admin"},
       .customer_roles = customer_readers},
      {.name = "subscription.manage",
       .partner_roles = sales,
       .edge_types = any_type,
       .edge_states = active,
       .grant_roles = {"subscription_admin"}},
      {.name = "user.view",
       .partner_roles = all,
       .grant_roles = {"user_admin", "directory_reader"},
       .customer_roles = customer_admins},
      {.name = "user.manage",
       .partner_roles = admins,
       .grant_roles = {"user_admin"},
       .customer_roles = customer_admins},
      {.name = "user.unblock",
       .partner_roles = support,
       .grant_roles = {"user_admin"},
       .customer_roles = customer_admins},
      {.name = "license.view",
       .partner_roles = sales,
       .edge_types = reseller,
       .edge_states = live,
       .grant_roles = any_grant,
       .customer_roles = customer_readers},
      {.name = "license.manage",
       .partner_roles = admins,
       .grant_roles = {"license_admin"},
       .customer_roles = customer_admins},
      {.name = "service.manage",
       .partner_roles = admins,
       .grant_roles = {"service_admin"},
       .customer_roles = customer_admins},
      {.name = "relationship.remove",
       .partner_roles = admins,
       .edge_types = any_type,
       .edge_states = removable},
      {.name = "grant.create",
       .partner_roles = admins,
       .edge_types = any_type,
       .edge_states = active},
      {.name = "invitation.create", .partner_roles = sales, .needs_customer = false},
  };
  return *table;
}

const Permission& Named(std::string_view name) { return *FindPermission(name); }

}  // namespace

const Permission* FindPermission(std::string_view name) {
  const auto found = std::find_if(Table().begin(), Table().end(),
                                  [&](const Permission& row) { return row.name == name; });
  return found == Table().end() ? nullptr : &*found;
}

absl::Span<const Permission> AllPermissions() { return Table(); }

const Permission& CustomerView() { return Named("customer.view"); }
const Permission& CustomerEdit() { return Named("customer.edit"); }
const Permission& OrderCreate() { return Named("order.create"); }
const Permission& OrderView() { return Named("order.view"); }
const Permission& SubscriptionView() { return Named("subscription.view"); }
const Permission& SubscriptionManage() { return Named("subscription.manage"); }
const Permission& UserView() { return Named("user.view"); }
const Permission& UserManage() { return Named("user.manage"); }
const Permission& UserUnblock() { return Named("user.unblock"); }
const Permission& LicenseView() { return Named("license.view"); }
const Permission& LicenseManage() { return Named("license.manage"); }
const Permission& ServiceManage() { return Named("service.manage"); }
const Permission& RelationshipRemove() { return Named("relationship.remove"); }
const Permission& GrantCreate() { return Named("grant.create"); }

}  // namespace partnerlink::access
