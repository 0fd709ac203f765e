#include "services/directory/subscriptions/expiry.h"

#include <vector>

#include "common/outbox/sweep.h"
#include "services/directory/subscriptions/events.h"
#include "services/directory/subscriptions/store.h"

namespace partnerlink::directory::subscriptions {
namespace {

constexpr int kBatch = 200;
constexpr char kByTime[] = "term ended";

}  // namespace

absl::Status SweepExpired(postgres::Pool& work_pool) {
  return outbox::Sweep(
      work_pool, kBatch, [](postgres::Transaction& transaction) -> absl::StatusOr<size_t> {
        const std::vector<Changed> expired = ExpireDue(transaction, kBatch);
        for (const Changed& one : expired) {
          // Each is a change of its own, not a link in a chain.
          outbox::Changes changes(transaction, outbox::Worker("directory", "sweep/subscriptions"));
          Record(transaction, changes, v1::SubscriptionChange::EXPIRED, &one.before, one.after,
                 kByTime);
        }
        return expired.size();
      });
}

}  // namespace partnerlink::directory::subscriptions
