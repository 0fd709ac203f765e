#include "services/directory/transfers/expiry.h"

#include <vector>

#include "common/outbox/sweep.h"
#include "services/directory/transfers/events.h"
#include "services/directory/transfers/store.h"

namespace partnerlink::directory::transfers {
namespace {

constexpr int kBatch = 200;

}  // namespace

absl::Status SweepExpired(postgres::Pool& work_pool) {
  return outbox::Sweep(
      work_pool, kBatch, [](postgres::Transaction& transaction) -> absl::StatusOr<size_t> {
        const std::vector<Changed> expired = ExpireDue(transaction, kBatch);
        for (const Changed& one : expired) {
          // Each is a change of its own, not a link in a chain.
          outbox::Changes changes(transaction, outbox::Worker("directory", "sweep/transfers"));
          Record(changes, &one.before, one.after);
        }
        return expired.size();
      });
}

}  // namespace partnerlink::directory::transfers
