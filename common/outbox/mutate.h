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
#include "common/status/status.h"

namespace partnerlink::outbox {

// SHA-256 of all that the message holds: equal messages have the same.
std::string HashOf(const google::protobuf::Message& message);

// How a mutation runs.
struct MutateOptions {
  std::string request_id;      // a UUID, or empty
  bool validate_only = false;  // run everything, then roll back
};

// What a repeated call is known by. Its account is the transaction's.
struct RequestKey {
  std::string subject;
  std::string method;
  std::string request_id;  // empty: nothing is kept of the call

  const char* id_or_null() const { return request_id.empty() ? nullptr : request_id.c_str(); }
};

// What is kept of a call: the columns request_hash, response and root_event of its row.
struct Kept {
  std::string request_hash;
  std::string response;
  std::string root;  // event of what it changed; empty: nothing
};

// From a row's columns of these, `first` and the two behind it; none if they are null.
std::optional<Kept> KeptFrom(const pqxx::row& row, int first);

// Finds what is kept of a call.
using Recall = std::function<std::optional<Kept>(postgres::Transaction&, const RequestKey&)>;

// The untyped part of Mutate. Answers the kept response, serialised, of a repeated call; none if
// what `body` has answered last holds. Without `recall`, looks by itself.
absl::StatusOr<std::optional<std::string>> MutateUntyped(
    const CallContext& context, postgres::Pool& pool, const google::protobuf::Message& request,
    const MutateOptions& options, const Recall& recall,
    const std::function<absl::StatusOr<const google::protobuf::Message*>(postgres::Transaction&,
                                                                         Changes&)>& body);

// Mutate, where one statement reads what the change rests on and, beside it, what is kept of the
// call: `recall` runs first, for every call, and `body` goes on from what it has found.
template <typename Response>
absl::StatusOr<Response> MutateOnGround(
    const CallContext& context, postgres::Pool& pool, const google::protobuf::Message& request,
    const MutateOptions& options, const Recall& recall,
    const std::function<absl::StatusOr<Response>(postgres::Transaction&, Changes&)>& body) {
  Response response;
  PARTNERLINK_ASSIGN_OR_RETURN(
      const std::optional<std::string> kept,
      MutateUntyped(context, pool, request, options, recall,
                    [&](postgres::Transaction& transaction,
                        Changes& changes) -> absl::StatusOr<const google::protobuf::Message*> {
                      PARTNERLINK_ASSIGN_OR_RETURN(response, body(transaction, changes));
                      return &response;
                    }));
  if (kept && !response.ParseFromString(*kept)) {
    return absl::InternalError("a kept answer does not parse");
  }
  return response;
}

// Runs `body` in one transaction of the caller's account. With a request id that was used before
// with the same body, answers what was answered then; with another body REQUEST_ID_REUSED. The
// call's outcome gets the change's root event.
template <typename Response>
absl::StatusOr<Response> Mutate(
    const CallContext& context, postgres::Pool& pool, const google::protobuf::Message& request,
    const MutateOptions& options,
    const std::function<absl::StatusOr<Response>(postgres::Transaction&, Changes&)>& body) {
  return MutateOnGround<Response>(context, pool, request, options, nullptr, body);
}

}  // namespace partnerlink::outbox
