// What was made of one source, a redemption or a creation, so that a repeated call gets the first
// answer. Every function runs inside the caller's transaction, a worker's; decides nothing.
#pragma once

#include <optional>
#include <string>

#include "common/postgres/transact.h"

namespace partnerlink::relationship::establishments {

// What was answered when this source was established, serialised; none if it was not.
std::optional<std::string> Find(postgres::Transaction& transaction, const std::string& source);

void Keep(postgres::Transaction& transaction, const std::string& source,
          const std::string& response);

}  // namespace partnerlink::relationship::establishments
