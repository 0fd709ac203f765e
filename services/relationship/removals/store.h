// The SQL of the revocations that removals leave to be done, for the worker login. Every function
// runs inside the caller's transaction; decides nothing.
#pragma once

#include <optional>
#include <string>

#include "common/postgres/transact.h"

namespace partnerlink::relationship::removals {

// The grants of a partner over a customer are to be revoked after a removal.
struct Revocation {
  std::string partner;
  std::string relationship;  // its id
  std::string customer;
};

// The one that is due longest.
std::optional<Revocation> FindDue(postgres::Transaction& transaction);

// Whether it is still to be done, and nobody else does it; then held until the transaction ends.
bool Take(postgres::Transaction& transaction, const Revocation& revocation);

// It is done, with this outcome.
void Close(postgres::Transaction& transaction, const Revocation& revocation,
           const std::string& outcome);

}  // namespace partnerlink::relationship::removals
