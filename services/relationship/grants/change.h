// What the changes of a grant share.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/request/asked_change.h"
#include "services/relationship/deps.h"
#include "services/relationship/grants/rules.h"
#include "services/relationship/grants/store.h"

namespace partnerlink::relationship::grants {

// FIELD_INVALID with all of `violations`, and those of a request's name and request id.
absl::Status CheckNamed(std::string_view name, std::string_view request_id,
                        FieldViolations violations = {});

// The grant, whether it may be changed or not; RESOURCE_NOT_FOUND.
absl::StatusOr<Row> Look(postgres::Transaction& transaction, const Principal& caller,
                         const std::string& name);

// The grant, locked, as it is behind the lock. In this order: RESOURCE_NOT_FOUND, ETAG_MISMATCH,
// STATE_TRANSITION.
absl::StatusOr<Row> OpenForChange(postgres::Transaction& transaction, const Principal& caller,
                                  const std::string& name, const std::string& etag, Action action);

// What a write has answered; where its guard did not hold, as the clock went on, the refusal.
absl::StatusOr<Row> Written(postgres::Transaction& transaction, const Row& before, Action action,
                            std::optional<Row> after);

// FIELD_INVALID with every violation.
absl::Status CheckChange(const request::AskedChange& change);

// Withdraws, declines or terminates a grant, for the reason that is given: see OpenForChange.
absl::StatusOr<v1::Grant> End(const CallContext& context, const Deps& deps,
                              const request::AskedChange& change, Action action);

// Keeps the relationship by which the draft's partner may ask its customer as it is until the
// transaction ends; refused as by ChooseRelationship. Comes before any lock of a grant.
absl::Status HoldRelationship(postgres::Transaction& transaction, const Principal& partner,
                              const v1::Grant& draft);

// The draft's renewed grant may be renewed by it, if it names one: RESOURCE_NOT_FOUND, or as
// CheckRenewal.
absl::Status CheckRenews(postgres::Transaction& transaction, const Principal& caller,
                         const v1::Grant& draft);

}  // namespace partnerlink::relationship::grants
