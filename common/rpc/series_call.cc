#include "common/rpc/series_call.h"

#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/clock.h"
#include "common/rpc/incoming.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"
#include "grpcpp/alarm.h"

namespace partnerlink::rpc {
namespace {

// For one answer; the stream may last as long as its client lets it.
constexpr absl::Duration kLongestAnswer = absl::Seconds(30);

}  // namespace

// What the write and its alarm agree on: who comes second leaves the call's end to the first. The
// alarm may be late by a moment, so this outlives the call.
struct WriteWatch {
  absl::Mutex mutex;
  bool is_over ABSL_GUARDED_BY(mutex) = false;
  bool is_cancelling ABSL_GUARDED_BY(mutex) = false;
  grpc::Alarm alarm;
};

SeriesCall* SeriesCall::Start(const Service::Method& method, const Edge& edge,
                              grpc::CallbackServerContext& transport,
                              const grpc::ByteBuffer& request) {
  auto* call = new SeriesCall(method, edge, transport);
  ReadMetadata(transport, call->context_);
  absl::Status status = Identify(method, edge, transport, call->start_, call->context_);
  if (status.ok()) status = call->Admit(request);
  if (!status.ok()) {
    call->End(status);
  } else if (!call->workers_.TryRun([call] { call->Work(); })) {
    call->End(Refusal(common::v1::OVERLOADED, "The service has more work than it can take now."));
  }
  return call;
}

SeriesCall::SeriesCall(const Service::Method& method, const Edge& edge,
                       grpc::CallbackServerContext& transport)
    : method_(method),
      edge_(edge),
      transport_(transport),
      start_(absl::Now()),
      workers_(method.access->IsPeerMethod() ? *edge.peer_workers : *edge.workers) {
  method_.metrics->Started();
  context_.method = method.name;
  context_.outcome = &outcome_;
}

absl::Status SeriesCall::Admit(const grpc::ByteBuffer& request) {
  bytes_in_ = request.Length();
  request_.reset(method_.request->New());
  PARTNERLINK_RETURN_IF_ERROR(ParseRequest(method_, request, *request_));
  const std::string& account = context_.principal.account;
  if (!account.empty()) {
    PARTNERLINK_RETURN_IF_ERROR(edge_.rate_limit->Take(account, method_.method_class, start_));
  }
  PARTNERLINK_RETURN_IF_ERROR(edge_.series_limit->Enter(account));
  is_counted_ = true;
  return absl::OkStatus();
}

void SeriesCall::Work() {
  context_.deadline = DeadlineOf(transport_, absl::Now(), kLongestAnswer);
  const Service::Answer answer = Next();
  if (!answer.ok() || *answer == nullptr) return End(answer.status());
  if (!std::exchange(has_headers_, true)) AddHeaders(context_, absl::OkStatus(), transport_);
  written_ = Serialise(**answer);
  bytes_out_ += written_.Length();
  Write();
}

void SeriesCall::Write() {
  watch_ = std::make_shared<WriteWatch>();
  watch_->alarm.Set(absl::ToChronoTime(absl::Now() + edge_.longest_write),
                    [this, weak = std::weak_ptr(watch_)](bool) {
                      if (const auto watch = weak.lock()) CancelWrite(*watch);
                    });
  StartWrite(&written_);
}

// gRPC may tell of the write's end before TryCancel returns, on this thread too: no lock is held
// then, and the call stays until it has returned.
void SeriesCall::CancelWrite(WriteWatch& watch) {
  {
    absl::MutexLock lock(&watch.mutex);
    if (watch.is_over) return;
    watch.is_cancelling = true;
  }
  transport_.TryCancel();
  {
    absl::MutexLock lock(&watch.mutex);
    watch.is_cancelling = false;
    if (!watch.is_over) return;
  }
  End(Refusal(common::v1::CALL_CANCELLED, "The caller took no answer for too long."));
}

Service::Answer SeriesCall::Next() {
  if (cancelled_) return Refusal(common::v1::CALL_CANCELLED, "The caller went away.");
  if (absl::Now() >= context_.deadline) {
    return Refusal(common::v1::DEADLINE, "The deadline has passed.");
  }
  if (!series_) return First();
  // The stream may outlive the token, and the key that has signed it.
  PARTNERLINK_RETURN_IF_ERROR(Identify(method_, edge_, transport_, absl::Now(), context_));
  return series_(context_);
}

Service::Answer SeriesCall::First() {
  PARTNERLINK_RETURN_IF_ERROR(method_.validate(*request_));
  absl::Status allowed = method_.access->CheckReachAndRole(context_, *request_);
  if (allowed.ok()) series_ = method_.open(context_, *request_);
  return Audited(method_, edge_, context_, *request_,
                 allowed.ok() ? series_(context_) : Service::Answer(std::move(allowed)));
}

void SeriesCall::OnWriteDone(bool ok) {
  {
    absl::MutexLock lock(&watch_->mutex);
    watch_->is_over = true;
    if (watch_->is_cancelling) return;
  }
  watch_->alarm.Cancel();
  if (!ok) return End(Refusal(common::v1::CALL_CANCELLED, "The caller went away."));
  workers_.Run([this] { Work(); });
}

void SeriesCall::End(const absl::Status& status) {
  if (!has_headers_) AddHeaders(context_, status, transport_);
  if (is_counted_) edge_.series_limit->Leave(context_.principal.account);
  const grpc::Status answered = ToGrpc(status);
  Account(method_, context_, status, answered, absl::Now() - start_, bytes_in_, bytes_out_);
  // Over HTTP a download has no status behind its last byte: only one that breaks off does not look
  // whole.
  if (method_.is_file && has_headers_ && !status.ok()) transport_.TryCancel();
  Finish(answered);
}

}  // namespace partnerlink::rpc
