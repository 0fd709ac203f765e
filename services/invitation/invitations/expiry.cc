#include "services/invitation/invitations/expiry.h"

#include <functional>

#include "absl/strings/str_cat.h"
#include "common/outbox/sweep.h"
#include "services/invitation/invitations/events.h"

namespace partnerlink::invitation::invitations {
namespace {

constexpr int kExpiryBatch = 200;
constexpr char kExpiryMethod[] = "sweep/expiry";
constexpr char kExpired[] = "invitation.expired";
constexpr char kCause[] = "time";

// What a sweep does: takes at most `limit` rows of those it is for.
struct Sweep {
  const char* method;  // for the audit
  const char* event;
  std::function<std::vector<Changed>(postgres::Transaction&, int limit)> take;
};

absl::Status Run(postgres::Pool& work_pool, const Sweep& sweep) {
  return outbox::Sweep(
      work_pool, kExpiryBatch, [&](postgres::Transaction& transaction) -> absl::StatusOr<size_t> {
        const std::vector<Changed> taken = sweep.take(transaction, kExpiryBatch);
        for (const Changed& changed : taken) {
          // Each is a change of its own, not a link in a chain.
          outbox::Changes changes(transaction, outbox::Worker("invitation", sweep.method));
          changes.Record(ChangeOf(sweep.event, &changed.before, &changed.after, kCause));
        }
        return taken.size();
      });
}

}  // namespace

absl::Status SweepExpired(postgres::Pool& work_pool) {
  return Run(work_pool, {kExpiryMethod, kExpired, ExpireDue});
}

absl::Status SweepReminders(postgres::Pool& work_pool, absl::Duration ahead) {
  return Run(work_pool, {"sweep/reminders", "invitation.expiring",
                         [&](postgres::Transaction& transaction, int limit) {
                           return RemindDue(transaction, absl::ToInt64Seconds(ahead), limit);
                         }});
}

void RecordExpiredInTheWay(postgres::Transaction& transaction, const outbox::Actor& caller,
                           const Row& row) {
  for (const Changed& expired : ExpireInTheWay(transaction, row)) {
    outbox::Actor actor = outbox::Worker("invitation", kExpiryMethod);
    // Of the account whose transaction this is: it can write no other.
    actor.account = caller.account;
    actor.request_id = caller.request_id;
    outbox::Changes changes(transaction, actor);
    changes.Record(ChangeOf(kExpired, &expired.before, &expired.after,
                            absl::StrCat(kCause, ", met by ", caller.method)));
  }
}

}  // namespace partnerlink::invitation::invitations
