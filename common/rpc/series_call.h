// One call that is answered by a series of messages: each is made when the one before is on its
// way. So a stream holds one message, however many follow, and a worker only while it makes one.
#pragma once

#include <atomic>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/context/call_context.h"
#include "common/rpc/service.h"
#include "google/protobuf/message.h"
#include "grpcpp/server_context.h"
#include "grpcpp/support/byte_buffer.h"
#include "grpcpp/support/server_callback.h"

namespace partnerlink::rpc {

struct WriteWatch;

// Order: token, size and parse, rate, room among the series that go on (on gRPC's thread); then on
// a worker shape, reach and role, the first answer; then each further one. The first refusal ends
// the stream with it. Deletes itself.
class SeriesCall final : public grpc::ServerWriteReactor<grpc::ByteBuffer> {
 public:
  static SeriesCall* Start(const Service::Method& method, const Edge& edge,
                           grpc::CallbackServerContext& transport, const grpc::ByteBuffer& request);

 private:
  SeriesCall(const Service::Method& method, const Edge& edge,
             grpc::CallbackServerContext& transport);

  void OnWriteDone(bool ok) override;
  void OnCancel() override { cancelled_ = true; }
  void OnDone() override { delete this; }

  absl::Status Admit(const grpc::ByteBuffer& request);
  void Work();
  // Writes what is in written_; who does not take it in time is cancelled.
  void Write();
  void CancelWrite(WriteWatch& watch);
  // The next answer; null behind the last.
  Service::Answer Next();
  Service::Answer First();
  void End(const absl::Status& status);

  const Service::Method& method_;
  const Edge& edge_;
  grpc::CallbackServerContext& transport_;
  const absl::Time start_;
  Workers& workers_;

  CallContext context_;
  CallOutcome outcome_;
  std::unique_ptr<google::protobuf::Message> request_;
  Service::UntypedSeries series_;  // once the first answer is asked for
  grpc::ByteBuffer written_;
  std::atomic<bool> cancelled_ = false;
  std::shared_ptr<WriteWatch> watch_;  // of the write that is under way
  bool is_counted_ = false;            // among those that go on
  bool has_headers_ = false;
  size_t bytes_in_ = 0;
  size_t bytes_out_ = 0;
};

}  // namespace partnerlink::rpc
