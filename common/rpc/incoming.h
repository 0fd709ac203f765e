// What unary calls, exchanges and series do alike: who calls, until when, and what an answer says
// beside itself.
#pragma once

#include <cstddef>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/context/call_context.h"
#include "common/rpc/service.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"

namespace partnerlink::rpc {

// The latest a unary call, or one message of a stream, may run: by the caller's deadline at
// most. Without one of the caller's it is `if_unsaid`.
absl::Time DeadlineOf(const grpc::CallbackServerContext& transport, absl::Time now,
                      absl::Duration if_unsaid);

// Request id, trace and operator's reason, from the call's metadata.
void ReadMetadata(const grpc::CallbackServerContext& transport, CallContext& context);

// The principal of the token, the peer of the certificate; TOKEN_… and ROLE_MISSING as the method's
// access says.
absl::Status Identify(const Service::Method& method, const Edge& edge,
                      const grpc::CallbackServerContext& transport, absl::Time now,
                      CallContext& context);

// MESSAGE_TOO_LARGE, or FIELD_INVALID where the bytes are not the method's message.
absl::Status ParseRequest(const Service::Method& method, const grpc::ByteBuffer& bytes,
                          google::protobuf::Message& request);

// The request's consistency token, which the method's descriptor names; empty without one.
std::string ConsistencyTokenOf(const Service::Method& method,
                               const google::protobuf::Message& request);

// What is to be answered to a request of sound shape, once the audit has what it keeps of it. What
// an operator looked at is not shown without its entry; a refusal stands, entry or not.
Service::Answer Audited(const Service::Method& method, const Edge& edge, const CallContext& context,
                        const google::protobuf::Message& request, Service::Answer answer);

// Beside the answer: request id, trace, the consistency token of a change, the refusal's reason.
void AddHeaders(const CallContext& context, const absl::Status& status,
                grpc::CallbackServerContext& transport);

// The metrics and the log line of a call that ends now. `status` is what the handler gave.
void Account(const Service::Method& method, const CallContext& context, const absl::Status& status,
             const grpc::Status& answered, absl::Duration duration, size_t bytes_in,
             size_t bytes_out);

}  // namespace partnerlink::rpc
