#include "services/directory/orders/holding.h"

#include "common/access/store.h"
#include "common/status/status.h"

namespace partnerlink::directory::orders {

absl::StatusOr<std::string> HoldRelationship(postgres::Transaction& transaction,
                                             const Principal& caller, const std::string& customer,
                                             const std::string& asked, std::string_view field) {
  std::string held;
  // What was chosen without its lock is chosen once more behind it.
  while (true) {
    PARTNERLINK_ASSIGN_OR_RETURN(
        std::string chosen,
        ChooseRelationship(caller, customer, asked,
                           access::FindFacts(transaction, caller, customer), field));
    if (chosen == held) return held;
    access::ShareEdge(transaction, chosen);
    held = std::move(chosen);
  }
}

}  // namespace partnerlink::directory::orders
