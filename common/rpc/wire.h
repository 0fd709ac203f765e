// Between gRPC's wire types and ours.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "google/protobuf/message.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/status.h"

namespace partnerlink::rpc {

// Code, message and, as details, the serialised google.rpc.Status.
grpc::Status ToGrpc(const absl::Status& status);

// The way back, details included.
absl::Status FromGrpc(const grpc::Status& status);

// Fails if the bytes are not the message, or a text in it is not UTF-8.
bool Parse(const grpc::ByteBuffer& bytes, google::protobuf::Message& message);

grpc::ByteBuffer Serialise(const google::protobuf::Message& message);

grpc::ByteBuffer FromString(const std::string& bytes);
std::string ToString(const grpc::ByteBuffer& bytes);

}  // namespace partnerlink::rpc
