#include "common/outbox/call_entry.h"

#include "absl/time/clock.h"
#include "common/outbox/change.h"
#include "common/postgres/text_array.h"
#include "common/postgres/transact.h"

namespace partnerlink::outbox {
namespace {

// The call may have used up its time.
constexpr absl::Duration kLongest = absl::Seconds(1);

}  // namespace

absl::Status RecordCall(postgres::Pool& pool, const CallContext& context,
                        const std::vector<CallEntry>& entries) {
  const Actor actor = ActorOf(context);
  const postgres::Scope scope{actor.account, absl::Now() + kLongest, postgres::Access::kReadWrite,
                              postgres::Standing::kAny};
  return postgres::TransactStatus(pool, scope, [&](postgres::Transaction& transaction) {
    for (const CallEntry& entry : entries) {
      const bool is_refused = !entry.refusal.empty();
      transaction.RunLater(
          R"sql(
          INSERT INTO common.audit_entries (account, service, method, actor, actor_account,
            actor_roles, resource, decision, reason, cause, request_id)
          VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11))sql",
          entry.account, actor.service, actor.method, actor.subject, actor.account,
          postgres::ToTextArray(actor.roles), entry.resource, is_refused ? "REFUSED" : "ALLOWED",
          is_refused ? entry.refusal : actor.reason, is_refused ? actor.reason : "",
          actor.request_id);
    }
    return absl::OkStatus();
  });
}

}  // namespace partnerlink::outbox
