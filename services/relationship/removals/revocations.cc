#include "services/relationship/removals/revocations.h"

#include <optional>

#include "absl/time/clock.h"
#include "common/outbox/change.h"
#include "common/postgres/transact.h"
#include "common/status/status.h"
#include "services/relationship/grants/termination.h"
#include "services/relationship/relationships/store.h"
#include "services/relationship/removals/store.h"

namespace partnerlink::relationship::removals {
namespace {

constexpr char kRemoval[] = "removal";

// How a revocation ended, as its row keeps it.
constexpr char kDone[] = "DONE";
constexpr char kStillRelated[] = "STILL_RELATED";

outbox::Actor Worker(const Revocation& revocation) {
  outbox::Actor actor;
  actor.service = "relationship";
  actor.method = "sweep/removals";
  actor.subject = "relationship";
  actor.on_behalf_of = revocation.partner;
  return actor;
}

// Who establishes relationships of the customer holds its lock, too: none comes beside it, nor a
// grant with one.
const char* Revoke(postgres::Transaction& transaction, const Revocation& revocation) {
  relationships::LockCustomer(transaction, revocation.customer);
  if (relationships::HasLive(transaction, revocation.partner, revocation.customer)) {
    return kStillRelated;
  }
  outbox::Changes changes(transaction, Worker(revocation));
  grants::TerminateAllOf(transaction, changes, revocation.partner, revocation.customer, kRemoval);
  return kDone;
}

// Whether there was one.
absl::StatusOr<bool> RevokeOne(postgres::Transaction& transaction) {
  const std::optional<Revocation> revocation = TakeDue(transaction);
  if (!revocation) return false;
  Close(transaction, *revocation, Revoke(transaction, *revocation));
  return true;
}

}  // namespace

absl::Status SweepRevocations(postgres::Pool& work_pool) {
  while (true) {
    PARTNERLINK_ASSIGN_OR_RETURN(
        const bool done,
        postgres::Transact<bool>(work_pool, {"", absl::Now() + absl::Seconds(10)}, RevokeOne));
    if (!done) return absl::OkStatus();
  }
}

}  // namespace partnerlink::relationship::removals
