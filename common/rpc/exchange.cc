#include "common/rpc/exchange.h"

#include <algorithm>
#include <utility>

#include "absl/time/clock.h"
#include "common/rpc/incoming.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"

namespace partnerlink::rpc {
namespace {

// For one message; the stream may last as long as its client lets it.
constexpr absl::Duration kLongestMessage = absl::Seconds(30);
// Where a peer is down, which a wait says at once.
constexpr absl::Duration kAskAgain = absl::Seconds(1);

}  // namespace

Exchange* Exchange::Start(const Service::Method& method, const Edge& edge,
                          grpc::CallbackServerContext& transport) {
  auto* exchange = new Exchange(method, edge, transport);
  ReadMetadata(transport, exchange->context_);
  const absl::Status status =
      Identify(method, edge, transport, exchange->start_, exchange->context_);
  AddHeaders(exchange->context_, status, transport);
  if (status.ok()) {
    exchange->StartRead(&exchange->read_);
  } else {
    exchange->End(status);
  }
  return exchange;
}

Exchange::Exchange(const Service::Method& method, const Edge& edge,
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

void Exchange::OnReadDone(bool ok) {
  if (!ok) {
    return End(cancelled_ ? Refusal(common::v1::CALL_CANCELLED, "The caller went away.")
                          : absl::OkStatus());
  }
  if (absl::Status status = Admit(); !status.ok()) return End(status);
  const std::string awaited = std::exchange(on_its_way_, "");
  if (awaited.empty()) return GoToWorker();
  AwaitTurn(awaited, absl::Now() + method_.longest_turn);
}

void Exchange::AwaitTurn(const std::string& awaited, absl::Time latest) {
  method_.wait(awaited, latest, [this, awaited, latest](bool may_have_arrived) {
    if (may_have_arrived || cancelled_ || absl::Now() + kAskAgain >= latest) return GoToWorker();
    // The peer is down: what is owed to it must not grow as fast as a client can send.
    alarm_ = std::make_unique<grpc::Alarm>();
    alarm_->Set(absl::ToChronoTime(absl::Now() + kAskAgain),
                [this, awaited, latest](bool) { AwaitTurn(awaited, latest); });
  });
}

void Exchange::GoToWorker() {
  if (!workers_.TryRun([this] { Work(); })) {
    End(Refusal(common::v1::OVERLOADED, "The service has more work than it can take now."));
  }
}

absl::Status Exchange::Admit() {
  bytes_in_ += read_.Length();
  request_.reset(method_.request->New());
  // The stream may outlive the token, and the key that has signed it.
  PARTNERLINK_RETURN_IF_ERROR(Identify(method_, edge_, transport_, absl::Now(), context_));
  PARTNERLINK_RETURN_IF_ERROR(ParseRequest(method_, read_, *request_));
  if (context_.principal.account.empty()) return absl::OkStatus();
  const bool is_question = method_.asks && method_.asks(*request_);
  return edge_.rate_limit->Take(context_.principal.account,
                                is_question ? MethodClass::kRead : method_.method_class,
                                absl::Now());
}

void Exchange::Work() {
  outcome_ = CallOutcome();
  context_.deadline = DeadlineOf(transport_, absl::Now(), kLongestMessage);
  const Service::Answer answer = Handle();
  if (!answer.ok()) return End(answer.status());
  if (method_.wait) on_its_way_ = outcome_.root_event;
  written_ = Serialise(**answer);
  bytes_out_ += written_.Length();
  StartWrite(&written_);
}

Service::Answer Exchange::Handle() {
  if (cancelled_) return Refusal(common::v1::CALL_CANCELLED, "The caller went away.");
  if (absl::Now() >= context_.deadline) {
    return Refusal(common::v1::DEADLINE, "The deadline has passed.");
  }
  PARTNERLINK_RETURN_IF_ERROR(method_.validate(*request_));
  absl::Status allowed = method_.access->CheckReachAndRole(context_, *request_);
  return Audited(
      method_, edge_, context_, *request_,
      allowed.ok() ? method_.handle(context_, *request_) : Service::Answer(std::move(allowed)));
}

void Exchange::OnWriteDone(bool ok) {
  if (!ok) return End(Refusal(common::v1::CALL_CANCELLED, "The caller went away."));
  StartRead(&read_);
}

void Exchange::End(const absl::Status& status) {
  const grpc::Status answered = ToGrpc(status);
  Account(method_, context_, status, answered, absl::Now() - start_, bytes_in_, bytes_out_);
  Finish(answered);
}

}  // namespace partnerlink::rpc
