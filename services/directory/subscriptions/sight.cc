#include "services/directory/subscriptions/sight.h"

#include "common/access/store.h"
#include "common/status/status.h"
#include "services/directory/subscriptions/rules.h"

namespace partnerlink::directory::subscriptions {

absl::StatusOr<Row> FindSeen(postgres::Transaction& transaction, const Principal& caller,
                             const request::ChildName& name) {
  PARTNERLINK_ASSIGN_OR_RETURN(
      const Sight sight,
      SightOf(caller, name.account, access::FindFacts(transaction, caller, name.account)));
  std::optional<Row> row = Find(transaction, name.account, name.id, sight.sold_through);
  if (!row) return NotSeen(sight);
  return *std::move(row);
}

}  // namespace partnerlink::directory::subscriptions
