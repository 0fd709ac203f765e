// One unary call from its arrival to its answer.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/context/call_context.h"
#include "common/rpc/service.h"
#include "grpcpp/alarm.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"

namespace partnerlink::rpc {

// Order: token, size and parse, rate (on gRPC's thread, which never blocks); then on a worker, or
// at once where the method answers from memory, shape, reach and role, waiting for the consistency
// token's change, the handler. Deletes itself.
class Call final : public grpc::ServerUnaryReactor {
 public:
  static grpc::ServerUnaryReactor* Start(const Service::Method& method, const Edge& edge,
                                         grpc::CallbackServerContext& transport,
                                         const grpc::ByteBuffer& request,
                                         grpc::ByteBuffer& response);

 private:
  Call(const Service::Method& method, const Edge& edge, grpc::CallbackServerContext& transport,
       grpc::ByteBuffer& response);

  absl::Status Admit(const grpc::ByteBuffer& request);
  bool NeedsNoWorker() const;
  void Work();
  absl::Status CheckShape();
  // Whether the handler may run now; otherwise the call has been answered, or comes back by itself.
  bool IsFresh();
  void WaitForArrival(std::unique_ptr<google::protobuf::Message> response);
  void ReadBack();
  // Answers a call of sound shape, once the audit has what it keeps of it.
  void Conclude(Service::Answer answer);
  void Complete(const Service::Answer& answer);
  // The answer for a call whose caller no longer waits; OK while it does.
  absl::Status StillWanted() const;

  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }
  // Neither blocks, so gRPC may run both where it stands instead of waking a thread of its own for
  // each. Declared for gRPC's reactors; without it a call costs a fifth more.
  bool InternalInlineable() override { return true; }

  const Service::Method& method_;
  const Edge& edge_;
  grpc::CallbackServerContext& transport_;
  grpc::ByteBuffer& response_bytes_;
  const absl::Time start_;
  Workers& workers_;

  CallContext context_;
  CallOutcome outcome_;
  std::unique_ptr<google::protobuf::Message> request_;
  std::unique_ptr<google::protobuf::Message> response_;  // while it waits for its change to arrive
  std::atomic<bool> cancelled_ = false;
  bool is_allowed_ = false;
  std::string awaited_root_;  // of the consistency token
  size_t bytes_in_ = 0;
  std::unique_ptr<grpc::Alarm> alarm_;
};

}  // namespace partnerlink::rpc
