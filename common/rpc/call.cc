#include "common/rpc/call.h"

#include <string>
#include <utility>

#include "absl/time/clock.h"
#include "common/outbox/consistency_token.h"
#include "common/rpc/incoming.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"

namespace partnerlink::rpc {
namespace {

constexpr absl::Duration kDefaultDeadline = absl::Seconds(10);
constexpr absl::Duration kFreshnessPoll = absl::Milliseconds(20);
constexpr absl::Duration kAnswerReserve = absl::Milliseconds(300);

}  // namespace

grpc::ServerUnaryReactor* Call::Start(const Service::Method& method, const Edge& edge,
                                      grpc::CallbackServerContext& transport,
                                      const grpc::ByteBuffer& request, grpc::ByteBuffer& response) {
  auto* call = new Call(method, edge, transport, response);
  ReadMetadata(transport, call->context_);
  absl::Status status = Identify(method, edge, transport, call->start_, call->context_);
  if (status.ok()) status = call->Admit(request);
  if (!status.ok()) {
    call->Complete(status);
  } else if (call->NeedsNoWorker()) {
    call->Work();
  } else if (!call->workers_.TryRun([call] { call->Work(); })) {
    call->Complete(
        Refusal(common::v1::OVERLOADED, "The service has more work than it can take now."));
  }
  return call;
}

Call::Call(const Service::Method& method, const Edge& edge, grpc::CallbackServerContext& transport,
           grpc::ByteBuffer& response)
    : method_(method),
      edge_(edge),
      transport_(transport),
      response_bytes_(response),
      start_(absl::Now()),
      workers_(method.access->IsPeerMethod() ? *edge.peer_workers : *edge.workers) {
  method_.metrics->Started();
  context_.method = method.name;
  context_.outcome = &outcome_;
  context_.deadline = DeadlineOf(transport, start_, kDefaultDeadline);
}

absl::Status Call::Admit(const grpc::ByteBuffer& request) {
  bytes_in_ = request.Length();
  request_.reset(method_.request->New());
  PARTNERLINK_RETURN_IF_ERROR(ParseRequest(method_, request, *request_));
  if (context_.principal.account.empty()) return absl::OkStatus();
  return edge_.rate_limit->Take(context_.principal.account, method_.method_class, start_);
}

bool Call::NeedsNoWorker() const {
  return method_.in_memory && ConsistencyTokenOf(method_, *request_).empty();
}

void Call::Work() {
  if (absl::Status status = StillWanted(); !status.ok()) return Complete(status);
  if (!is_allowed_) {
    if (absl::Status status = CheckShape(); !status.ok()) return Complete(status);
    if (absl::Status status = method_.access->CheckReachAndRole(context_, *request_);
        !status.ok()) {
      return Conclude(status);
    }
    is_allowed_ = true;
  }
  if (!IsFresh()) return;
  Service::Answer answer = method_.handle(context_, *request_);
  if (answer.ok() && method_.wait && !outcome_.root_event.empty()) {
    return WaitForArrival(*std::move(answer));
  }
  Conclude(std::move(answer));
}

absl::Status Call::CheckShape() {
  PARTNERLINK_RETURN_IF_ERROR(method_.validate(*request_));
  if (const std::string token = ConsistencyTokenOf(method_, *request_); !token.empty()) {
    PARTNERLINK_ASSIGN_OR_RETURN(awaited_root_, outbox::FromConsistencyToken(token));
  }
  return absl::OkStatus();
}

void Call::Conclude(Service::Answer answer) {
  Complete(Audited(method_, edge_, context_, *request_, std::move(answer)));
}

bool Call::IsFresh() {
  if (awaited_root_.empty()) return true;
  const absl::StatusOr<bool> on_its_way = edge_.is_on_its_way(awaited_root_, context_.deadline);
  if (!on_its_way.ok()) {
    Complete(on_its_way.status());
    return false;
  }
  if (!*on_its_way) return true;
  if (absl::Now() + kAnswerReserve + kFreshnessPoll >= context_.deadline) {
    Complete(Refusal(common::v1::DEPENDENCY_UNAVAILABLE,
                     "The change that the consistency_token names has not arrived yet."));
    return false;
  }
  alarm_ = std::make_unique<grpc::Alarm>();
  alarm_->Set(absl::ToChronoTime(absl::Now() + kFreshnessPoll),
              [this](bool) { workers_.Run([this] { Work(); }); });
  return false;
}

void Call::WaitForArrival(std::unique_ptr<google::protobuf::Message> response) {
  response_ = std::move(response);
  method_.wait(outcome_.root_event, context_.deadline - kAnswerReserve,
               [this](bool may_have_arrived) {
                 if (method_.read_back && (may_have_arrived || outcome_.is_repeated)) {
                   workers_.Run([this] { ReadBack(); });
                 } else {
                   Complete(std::move(response_));
                 }
               });
}

// The change is committed whatever happens now: where it cannot be read again, the first answer is
// still a true one.
void Call::ReadBack() {
  Service::Answer answer = method_.read_back(context_, *response_);
  Complete(answer.ok() ? std::move(answer) : std::move(response_));
}

absl::Status Call::StillWanted() const {
  if (cancelled_) return Refusal(common::v1::CALL_CANCELLED, "The caller went away.");
  if (absl::Now() >= context_.deadline) {
    return Refusal(common::v1::DEADLINE, "The deadline has passed.");
  }
  return absl::OkStatus();
}

void Call::Complete(const Service::Answer& answer) {
  AddHeaders(context_, answer.status(), transport_);
  if (answer.ok()) response_bytes_ = Serialise(**answer);
  const grpc::Status status = ToGrpc(answer.status());
  Account(method_, context_, answer.status(), status, absl::Now() - start_, bytes_in_,
          response_bytes_.Length());
  Finish(status);
}

}  // namespace partnerlink::rpc
