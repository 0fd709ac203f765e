#include "services/invitation/invitations/expiry.h"

#include <functional>

#include "absl/time/clock.h"
#include "common/status/status.h"
#include "services/invitation/invitations/events.h"

namespace partnerlink::invitation::invitations {
namespace {

constexpr int kBatch = 200;

// What a sweep does: takes at most `limit` rows of those it is for.
struct Sweep {
  const char* method;  // for the audit
  const char* event;
  std::function<std::vector<Row>(postgres::Transaction&, int limit)> take;
};

outbox::Actor Sweeper(const Sweep& sweep) {
  outbox::Actor actor;
  actor.service = "invitation";
  actor.method = sweep.method;
  actor.subject = "invitation";
  return actor;
}

absl::StatusOr<size_t> RunBatch(postgres::Pool& work_pool, const Sweep& sweep) {
  const postgres::Scope scope{"", absl::Now() + absl::Seconds(10)};
  return postgres::Transact<size_t>(
      work_pool, scope, [&](postgres::Transaction& transaction) -> absl::StatusOr<size_t> {
        const std::vector<Row> taken = sweep.take(transaction, kBatch);
        for (const Row& row : taken) {
          // Each is a change of its own, not a link in a chain.
          outbox::Changes changes(transaction, Sweeper(sweep));
          changes.Record(ChangeOf(sweep.event, nullptr, &row, "time"));
        }
        return taken.size();
      });
}

absl::Status Run(postgres::Pool& work_pool, const Sweep& sweep) {
  while (true) {
    PARTNERLINK_ASSIGN_OR_RETURN(const size_t taken, RunBatch(work_pool, sweep));
    if (taken < kBatch) return absl::OkStatus();
  }
}

}  // namespace

absl::Status SweepExpired(postgres::Pool& work_pool) {
  return Run(work_pool, {"sweep/expiry", "invitation.expired",
                         [](postgres::Transaction& transaction, int limit) {
                           return ExpireDue(transaction, "", limit);
                         }});
}

absl::Status SweepReminders(postgres::Pool& work_pool, absl::Duration ahead) {
  return Run(work_pool, {"sweep/reminders", "invitation.expiring",
                         [&](postgres::Transaction& transaction, int limit) {
                           return RemindDue(transaction, absl::ToInt64Seconds(ahead), limit);
                         }});
}

}  // namespace partnerlink::invitation::invitations
