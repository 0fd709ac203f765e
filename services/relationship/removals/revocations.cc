#include "services/relationship/removals/revocations.h"

#include <optional>

#include "common/outbox/sweep.h"
#include "services/relationship/grants/termination.h"
#include "services/relationship/relationships/store.h"
#include "services/relationship/removals/store.h"

namespace partnerlink::relationship::removals {
namespace {

constexpr char kRemoval[] = "removal";

// How a revocation ended, as its row keeps it.
constexpr char kDone[] = "DONE";
constexpr char kStillRelated[] = "STILL_RELATED";

// How the revocation has ended. The customer's lock is held: nobody establishes a relationship
// beside it, nor a grant with one.
const char* Revoke(postgres::Transaction& transaction, const Revocation& revocation) {
  if (relationships::HasLive(transaction, revocation.partner, revocation.customer)) {
    return kStillRelated;
  }
  outbox::Changes changes(transaction,
                          outbox::Worker("relationship", "sweep/removals", revocation.partner));
  grants::TerminateAllOf(transaction, changes, revocation.partner, revocation.customer, kRemoval);
  return kDone;
}

// Locks in one order everywhere: the customer, then what a relationship that comes or goes writes.
absl::StatusOr<size_t> RevokeOne(postgres::Transaction& transaction) {
  const std::optional<Revocation> due = FindDue(transaction);
  if (!due) return 0;
  relationships::LockCustomer(transaction, due->customer);
  if (Take(transaction, *due)) Close(transaction, *due, Revoke(transaction, *due));
  return 1;
}

}  // namespace

absl::Status SweepRevocations(postgres::Pool& work_pool) {
  return outbox::Sweep(work_pool, 1, RevokeOne);
}

}  // namespace partnerlink::relationship::removals
