// The relationship that something is sold through, which stays as it is from then on.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/postgres/transact.h"
#include "services/directory/orders/rules.h"

namespace partnerlink::directory::orders {

// As ChooseRelationship, its edge shared until the transaction ends.
absl::StatusOr<std::string> HoldRelationship(postgres::Transaction& transaction,
                                             const Principal& caller, const std::string& customer,
                                             const std::string& asked,
                                             std::string_view field = kRelationshipField);

}  // namespace partnerlink::directory::orders
