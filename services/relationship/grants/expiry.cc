#include "services/relationship/grants/expiry.h"

#include <string_view>
#include <vector>

#include "common/outbox/sweep.h"
#include "common/status/status.h"
#include "services/relationship/grants/events.h"
#include "services/relationship/grants/rules.h"
#include "services/relationship/grants/store.h"

namespace partnerlink::relationship::grants {
namespace {

constexpr int kBatch = 200;

// What a sweep does: takes at most `limit` rows of those it is for.
struct Sweep {
  const char* method;  // for the audit
  std::string_view event;
  std::vector<Due> (*take)(postgres::Transaction&, int limit);
};

absl::Status Run(postgres::Pool& work_pool, const Sweep& sweep) {
  return outbox::Sweep(
      work_pool, kBatch, [&](postgres::Transaction& transaction) -> absl::StatusOr<size_t> {
        const std::vector<Due> taken = sweep.take(transaction, kBatch);
        for (const Due& due : taken) {
          // Each is a change of its own, not a link in a chain.
          outbox::Changes changes(transaction, outbox::Worker("relationship", sweep.method));
          Record(changes, sweep.event, &due.before, &due.after, kByTime);
        }
        return taken.size();
      });
}

}  // namespace

absl::Status SweepDue(postgres::Pool& work_pool) {
  for (const Sweep& sweep : {Sweep{"sweep/grants", EventOf(Action::kExpire), ExpireDue},
                             Sweep{"sweep/grants", EventOf(Action::kExtend), ExtendDue},
                             Sweep{"sweep/grants", EventOf(Action::kLapse), LapseDue}}) {
    PARTNERLINK_RETURN_IF_ERROR(Run(work_pool, sweep));
  }
  return absl::OkStatus();
}

absl::Status SweepReminders(postgres::Pool& work_pool) {
  return Run(work_pool, {"sweep/reminders", "grant.expiring", RemindDue});
}

}  // namespace partnerlink::relationship::grants
