#include "services/invitation/invitations/expiry.h"

#include "absl/time/clock.h"
#include "common/status/status.h"
#include "services/invitation/invitations/events.h"

namespace partnerlink::invitation::invitations {
namespace {

constexpr int kBatch = 200;

outbox::Actor Sweeper() {
  outbox::Actor actor;
  actor.service = "invitation";
  actor.method = "sweep/expiry";
  actor.subject = "invitation";
  return actor;
}

absl::StatusOr<size_t> SweepBatch(postgres::Pool& work_pool) {
  const postgres::Scope scope{"", absl::Now() + absl::Seconds(10)};
  return postgres::Transact<size_t>(
      work_pool, scope, [](postgres::Transaction& transaction) -> absl::StatusOr<size_t> {
        const std::vector<Row> expired = ExpireDue(transaction, "", kBatch);
        for (const Row& row : expired) {
          // Each is a change of its own, not a link in a chain.
          outbox::Changes changes(transaction, Sweeper());
          changes.Record(ChangeOf("invitation.expired", nullptr, &row, "time"));
        }
        return expired.size();
      });
}

}  // namespace

absl::Status SweepExpired(postgres::Pool& work_pool) {
  while (true) {
    PARTNERLINK_ASSIGN_OR_RETURN(const size_t expired, SweepBatch(work_pool));
    if (expired < kBatch) return absl::OkStatus();
  }
}

}  // namespace partnerlink::invitation::invitations
