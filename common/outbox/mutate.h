// The one way to change something on a caller's behalf: a transaction in which the repeated call is
// recognised, the change made, and what it leaves behind recorded.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/outbox/change.h"
#include "common/postgres/transact.h"

namespace partnerlink::outbox {

// How a mutation runs.
struct MutateOptions {
  std::string request_id;      // a UUID, or empty
  bool validate_only = false;  // run everything, then roll back
};

// The untyped part of Mutate: answers the serialised response.
absl::StatusOr<std::string> MutateBytes(
    const CallContext& context, postgres::Pool& pool, const google::protobuf::Message& request,
    const MutateOptions& options,
    const std::function<absl::StatusOr<std::string>(postgres::Transaction&, Changes&)>& body);

// Runs `body` in one transaction of the caller's account. With a request id that was used before
// with the same body, answers what was answered then; with another body REQUEST_ID_REUSED. The
// call's outcome gets the change's root event.
template <typename Response>
absl::StatusOr<Response> Mutate(
    const CallContext& context, postgres::Pool& pool, const google::protobuf::Message& request,
    const MutateOptions& options,
    const std::function<absl::StatusOr<Response>(postgres::Transaction&, Changes&)>& body) {
  absl::StatusOr<std::string> bytes = MutateBytes(
      context, pool, request, options,
      [&](postgres::Transaction& transaction, Changes& changes) -> absl::StatusOr<std::string> {
        absl::StatusOr<Response> response = body(transaction, changes);
        if (!response.ok()) return response.status();
        return response->SerializeAsString();
      });
  if (!bytes.ok()) return bytes.status();
  Response response;
  if (!response.ParseFromString(*bytes)) return absl::InternalError("a kept answer does not parse");
  return response;
}

}  // namespace partnerlink::outbox
