// One exchange: a stream in both directions in which each message of the client gets one answer,
// and the next is read when that is on its way. So a stream holds one message, however many follow,
// and a worker only while it works on one.
#pragma once

#include <atomic>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/context/call_context.h"
#include "common/rpc/service.h"
#include "google/protobuf/message.h"
#include "grpcpp/alarm.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"

namespace partnerlink::rpc {

// Order: token at the start; for each message token, size and parse, rate (on gRPC's thread), then
// on a worker shape, reach and role, the handler. A method may have a message wait until the change
// of the one before has arrived at a peer; that holds no worker. The first refusal ends the stream
// with it; what was answered before stands. Ends well when the client has said that nothing
// follows. Deletes itself.
class Exchange final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  static Exchange* Start(const Service::Method& method, const Edge& edge,
                         grpc::CallbackServerContext& transport);

 private:
  Exchange(const Service::Method& method, const Edge& edge, grpc::CallbackServerContext& transport);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override;
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

  // The message that was read: whether it may go to a worker.
  absl::Status Admit();
  // Goes to a worker once the change with this root event has arrived; at `latest` in any case.
  void AwaitTurn(const std::string& awaited, absl::Time latest);
  void GoToWorker();
  void Work();
  // Shape, reach and role, the handler.
  Service::Answer Handle();
  void End(const absl::Status& status);

  const Service::Method& method_;
  const Edge& edge_;
  grpc::CallbackServerContext& transport_;
  const absl::Time start_;
  Workers& workers_;

  CallContext context_;
  CallOutcome outcome_;  // of the message in hand; the consistency token is the answer's to carry
  grpc::ByteBuffer read_;
  grpc::ByteBuffer written_;
  std::unique_ptr<google::protobuf::Message> request_;
  std::string on_its_way_;  // root event of the change before this message; empty: none
  std::unique_ptr<grpc::Alarm> alarm_;
  std::atomic<bool> cancelled_ = false;
  size_t bytes_in_ = 0;
  size_t bytes_out_ = 0;
};

}  // namespace partnerlink::rpc
