#include "services/directory/users/change.h"

#include <utility>

#include "common/access/decision.h"
#include "common/access/store.h"
#include "common/postgres/fields.h"
#include "common/status/status.h"

namespace partnerlink::directory::users {

absl::StatusOr<Row> OpenForChange(postgres::Transaction& transaction, const Principal& caller,
                                  const access::Permission& permission,
                                  const request::ChildName& name, const std::string& etag,
                                  Action action) {
  PARTNERLINK_RETURN_IF_ERROR(
      access::Check(caller, {permission, name.account},
                    access::FindFactsAndShareGrants(transaction, caller, name.account)));
  std::optional<Row> row = FindLocked(transaction, name.account, name.id);
  if (!row) {
    // There is none, or a grant has ended while the lock was waited for.
    PARTNERLINK_RETURN_IF_ERROR(access::Check(
        caller, {permission, name.account}, access::FindFacts(transaction, caller, name.account)));
    return NotFound();
  }
  PARTNERLINK_RETURN_IF_ERROR(postgres::CheckEtag(etag, row->revision));
  PARTNERLINK_RETURN_IF_ERROR(CheckAction(action, row->user.state()));
  return *std::move(row);
}

absl::StatusOr<Row> Written(postgres::Transaction& transaction, const Principal& caller,
                            const access::Permission& permission, const Row& before,
                            std::optional<Row> after) {
  if (after) return *std::move(after);
  PARTNERLINK_RETURN_IF_ERROR(
      access::Check(caller, {permission, before.customer},
                    access::FindFacts(transaction, caller, before.customer)));
  return absl::InternalError("a locked user was not changed");
}

}  // namespace partnerlink::directory::users
