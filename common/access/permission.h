// What can be done with a customer, and what each permission asks for: the table that every
// decision about access is read from.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "absl/types/span.h"
#include "partnerlink/relationship/v1/relationship.pb.h"

namespace partnerlink::access {

// One permission and what it asks for. A partner needs one of the roles and then a relationship or
// a grant; a customer, about itself, and an operator need one of the roles only.
struct Permission {
  using Type = relationship::v1::Relationship::Type;
  using State = relationship::v1::Relationship::State;

  std::string_view name;  // such as `order.create`
  std::vector<std::string_view> partner_roles = {};
  // A relationship of one of the types, in one of the states.
  std::vector<Type> edge_types = {};
  std::vector<State> edge_states = {};
  // A grant that holds one of the roles; `global_admin` holds every role.
  std::vector<std::string_view> grant_roles = {};
  std::vector<std::string_view> customer_roles = {};
  bool operators = false;
  // Asks for the partner's role alone: it is about no customer.
  bool needs_customer = true;
};

// The permission of that name; none if there is no such permission.
const Permission* FindPermission(std::string_view name);

// Every permission there is.
absl::Span<const Permission> AllPermissions();

// The permissions that services of the suite ask for by themselves.
const Permission& CustomerView();
const Permission& CustomerEdit();
const Permission& OrderCreate();
const Permission& OrderView();
const Permission& SubscriptionView();
const Permission& SubscriptionManage();
const Permission& UserView();
const Permission& UserManage();
const Permission& UserUnblock();  // to reset a user's block, a part of the former
const Permission& LicenseView();
const Permission& LicenseManage();
const Permission& ServiceManage();
const Permission& RelationshipRemove();
const Permission& GrantCreate();

}  // namespace partnerlink::access
