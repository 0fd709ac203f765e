#include "services/directory/users/purge.h"

#include <vector>

#include "common/outbox/sweep.h"
#include "services/directory/users/events.h"
#include "services/directory/users/store.h"

namespace partnerlink::directory::users {
namespace {

constexpr int kBatch = 200;

}  // namespace

absl::Status PurgeDeleted(postgres::Pool& work_pool) {
  return outbox::Sweep(
      work_pool, kBatch, [](postgres::Transaction& transaction) -> absl::StatusOr<size_t> {
        const std::vector<Row> purged = PurgeDue(transaction, kBatch);
        for (const Row& row : purged) {
          // Each is a change of its own, not a link in a chain.
          outbox::Changes changes(transaction, outbox::Worker("directory", "sweep/users"));
          changes.Record(ChangeOf("user.purged", &row, nullptr));
        }
        return purged.size();
      });
}

}  // namespace partnerlink::directory::users
