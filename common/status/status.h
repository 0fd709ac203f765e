// Refusals: an absl::Status that carries the google.rpc details a caller gets. The reason decides
// the code (see error_reason.proto); text for the caller only, never internals.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "google/rpc/status.pb.h"
#include "partnerlink/common/v1/error_reason.pb.h"

namespace partnerlink {

using common::v1::ErrorReason;

using Metadata = std::vector<std::pair<std::string, std::string>>;

// The code that goes with a reason; INTERNAL for a reason that no answer carries by itself.
absl::StatusCode CodeOf(ErrorReason reason);

// A refusal with ErrorInfo{reason, domain "partnerlink", metadata}. RESOURCE_EXHAUSTED and
// UNAVAILABLE also carry RetryInfo of one second.
absl::Status Refusal(ErrorReason reason, std::string_view message, const Metadata& metadata = {});

// The same with RetryInfo of `retry_after`.
absl::Status RefusalWithRetry(ErrorReason reason, std::string_view message,
                              absl::Duration retry_after);

// The one answer for what does not exist and for what the caller may not see.
absl::Status NotFound();

// A row was changed since the caller read its etag.
absl::Status EtagMismatch();

// The state of the resource does not allow the call; `state` is its present one.
absl::Status StateTransition(std::string_view action, std::string_view state);

// Other resources are in the way: the refusal lists up to 20 of them, by name, in
// google.rpc.PreconditionFailure.
absl::Status Blocked(ErrorReason reason, std::string_view message,
                     const std::vector<std::string>& blockers, const Metadata& metadata = {});

// A quota is used up: `subject` such as `partners/contoso`, `description` for people. RATE_LIMITED
// fits one that is soon free again.
absl::Status QuotaExceeded(std::string_view subject, std::string_view description,
                           absl::Duration retry_after,
                           ErrorReason reason = common::v1::QUOTA_EXCEEDED);

// The reason of a refusal; none for OK and for a status made elsewhere.
std::optional<ErrorReason> ReasonOf(const absl::Status& status);

// The wire form: message at most 1 KiB, at most 20 violations, details at most 4 KiB in all. A
// status without a reason becomes INTERNAL with no text of its own.
google::rpc::Status ToRpcStatus(const absl::Status& status);

// The way back, for answers of peers.
absl::Status FromRpcStatus(const google::rpc::Status& status);

// Collects every violation of a request's shape, so that the caller sees all of them at once.
class FieldViolations {
 public:
  // `field` as the caller spells it, such as `invitation.customer_hint.domain`.
  void Add(std::string_view field, std::string_view description);
  bool empty() const { return violations_.empty(); }
  // OK when empty, otherwise `reason` (FIELD_INVALID unless a narrower one fits) with BadRequest.
  absl::Status ToStatus(ErrorReason reason = common::v1::FIELD_INVALID) const;

 private:
  std::vector<std::pair<std::string, std::string>> violations_;
};

}  // namespace partnerlink

// The two macros of this code: leave the function with the status unless it is OK.
#define PARTNERLINK_RETURN_IF_ERROR(expression)              \
  do {                                                       \
    absl::Status partnerlink_status = (expression);          \
    if (!partnerlink_status.ok()) return partnerlink_status; \
  } while (false)

#define PARTNERLINK_CONCAT_INNER(a, b) a##b
#define PARTNERLINK_CONCAT(a, b) PARTNERLINK_CONCAT_INNER(a, b)
#define PARTNERLINK_ASSIGN_OR_RETURN(declaration, expression)                                 \
  PARTNERLINK_ASSIGN_OR_RETURN_AS(PARTNERLINK_CONCAT(partnerlink_or_, __LINE__), declaration, \
                                  expression)
#define PARTNERLINK_ASSIGN_OR_RETURN_AS(name, declaration, expression) \
  auto name = (expression);                                            \
  if (!name.ok()) return std::move(name).status();                     \
  declaration = *std::move(name)
