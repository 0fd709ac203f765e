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

// Who establishes relationships of the customer holds its lock, too: none comes beside it, nor a
// grant with one.
const char* Revoke(postgres::Transaction& transaction, const Revocation& revocation) {
  relationships::LockCustomer(transaction, revocation.customer);
  if (relationships::HasLive(transaction, revocation.partner, revocation.customer)) {
    return kStillRelated;
  }
  outbox::Changes changes(transaction,
                          outbox::Worker("relationship", "sweep/removals", revocation.partner));
  grants::TerminateAllOf(transaction, changes, revocation.partner, revocation.customer, kRemoval);
  return kDone;
}

absl::StatusOr<size_t> RevokeOne(postgres::Transaction& transaction) {
  const std::optional<Revocation> revocation = TakeDue(transaction);
  if (!revocation) return 0;
  Close(transaction, *revocation, Revoke(transaction, *revocation));
  return 1;
}

}  // namespace

absl::Status SweepRevocations(postgres::Pool& work_pool) {
  return outbox::Sweep(work_pool, 1, RevokeOne);
}

}  // namespace partnerlink::relationship::removals
