// `partnerlink-consistency-token`: names a change, so that a later read can wait until the change
// has arrived everywhere. Opaque to callers.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "common/postgres/pool.h"

namespace partnerlink::outbox {

// The token of a change, by its root event (a UUID).
std::string ToConsistencyToken(std::string_view root_event);

// The root event of a token; FIELD_INVALID for anything else.
absl::StatusOr<std::string> FromConsistencyToken(std::string_view token);

// Whether a delivery of that change is still owed to some service.
absl::StatusOr<bool> IsOwed(postgres::Pool& pool, const std::string& root_event,
                            absl::Time deadline);

}  // namespace partnerlink::outbox
