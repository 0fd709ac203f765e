#include "common/rpc/call.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "common/auth/tls.h"
#include "common/identifier/uuid.h"
#include "common/log/log.h"
#include "common/outbox/consistency_token.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"

namespace partnerlink::rpc {
namespace {

constexpr absl::Duration kDefaultDeadline = absl::Seconds(10);
constexpr absl::Duration kLongestDeadline = absl::Seconds(30);
constexpr absl::Duration kFreshnessPoll = absl::Milliseconds(20);
constexpr absl::Duration kAnswerReserve = absl::Milliseconds(300);
constexpr size_t kMostHeaderBytes = 200;
// The gateway writes it, whatever its client has sent; nobody else but peers gets here.
constexpr char kClientAddress[] = "x-partnerlink-client-address";

std::string_view View(grpc::string_ref text) { return {text.data(), text.size()}; }

// A caller's words about a call are kept if they are short and printable.
bool IsHeaderText(std::string_view text) {
  return !text.empty() && text.size() <= kMostHeaderBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

}  // namespace

grpc::ServerUnaryReactor* Call::Start(const Service::Method& method, const Edge& edge,
                                      grpc::CallbackServerContext& transport,
                                      const grpc::ByteBuffer& request, grpc::ByteBuffer& response) {
  auto* call = new Call(method, edge, transport, response);
  call->ReadMetadata();
  absl::Status status = call->Identify();
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
}

std::string Call::Metadata(const char* key) const {
  const auto& metadata = transport_.client_metadata();
  const auto entry = metadata.find(key);
  if (entry == metadata.end() || !IsHeaderText(View(entry->second))) return "";
  return std::string(View(entry->second));
}

void Call::ReadMetadata() {
  const auto& metadata = transport_.client_metadata();
  context_.request_id = Metadata("x-request-id");
  if (context_.request_id.empty()) context_.request_id = NewUuid();
  context_.traceparent = Metadata("traceparent");
  const auto reason = metadata.find("partnerlink-reason");
  if (reason != metadata.end()) {
    context_.operator_reason = std::string(View(reason->second).substr(0, kMostHeaderBytes));
  }
  const absl::Time asked = absl::FromChrono(transport_.deadline());
  const bool has_deadline = asked < start_ + absl::Hours(24 * 365);
  context_.deadline =
      has_deadline ? std::min(asked, start_ + kLongestDeadline) : start_ + kDefaultDeadline;
}

absl::Status Call::Identify() {
  if (method_.access->AdmitsPeers()) context_.peer = auth::PeerOf(*transport_.auth_context());
  const auto [begin, end] = transport_.client_metadata().equal_range("authorization");
  if (begin != end && !method_.access->IsPeerMethod()) {
    if (std::next(begin) != end) {
      return Refusal(common::v1::TOKEN_INVALID, "The call carries more than one token.");
    }
    PARTNERLINK_ASSIGN_OR_RETURN(context_.principal,
                                 edge_.verifier->Verify(View(begin->second), start_));
  } else if (!method_.access->IsPeerMethod()) {
    context_.client_address = Metadata(kClientAddress);
  }
  return method_.access->CheckToken(context_);
}

absl::Status Call::Admit(const grpc::ByteBuffer& request) {
  bytes_in_ = request.Length();
  if (bytes_in_ > method_.most_bytes) {
    return Refusal(common::v1::MESSAGE_TOO_LARGE,
                   absl::StrCat("The message is larger than ", method_.most_bytes / 1024, " KiB."));
  }
  request_.reset(method_.request->New());
  if (!Parse(request, *request_)) {
    return Refusal(common::v1::FIELD_INVALID,
                   "The request is not this method's message, or a text in it is not UTF-8.");
  }
  if (context_.principal.account.empty()) return absl::OkStatus();
  return edge_.rate_limit->Take(context_.principal.account, method_.method_class, start_);
}

bool Call::NeedsNoWorker() const { return method_.in_memory && ConsistencyToken().empty(); }

std::string Call::ConsistencyToken() const {
  if (method_.consistency_token == nullptr) return "";
  return request_->GetReflection()->GetString(*request_, method_.consistency_token);
}

void Call::Work() {
  if (absl::Status status = StillWanted(); !status.ok()) return Complete(status);
  if (!is_allowed_) {
    if (absl::Status status = Allow(); !status.ok()) return Complete(status);
    is_allowed_ = true;
  }
  if (!IsFresh()) return;
  Service::Answer answer = method_.handle(context_, *request_);
  if (answer.ok() && method_.wait && !outcome_.root_event.empty()) {
    return WaitForArrival(*std::move(answer));
  }
  Complete(answer);
}

absl::Status Call::Allow() {
  PARTNERLINK_RETURN_IF_ERROR(method_.validate(*request_));
  if (const std::string token = ConsistencyToken(); !token.empty()) {
    PARTNERLINK_ASSIGN_OR_RETURN(awaited_root_, outbox::FromConsistencyToken(token));
  }
  return method_.access->CheckReachAndRole(context_, *request_);
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

void Call::AddHeaders(const absl::Status& status) {
  // For the gateway, which sees the headers but not the details.
  if (const auto reason = ReasonOf(status)) {
    transport_.AddInitialMetadata("partnerlink-refusal", common::v1::ErrorReason_Name(*reason));
  }
  transport_.AddInitialMetadata("x-request-id", context_.request_id);
  if (!context_.traceparent.empty()) {
    transport_.AddInitialMetadata("traceparent", context_.traceparent);
  }
  if (!outcome_.root_event.empty()) {
    transport_.AddInitialMetadata("partnerlink-consistency-token",
                                  outbox::ToConsistencyToken(outcome_.root_event));
  }
}

void Call::Complete(const Service::Answer& answer) {
  AddHeaders(answer.status());
  if (answer.ok()) response_bytes_ = Serialise(**answer);
  const grpc::Status status = ToGrpc(answer.status());
  const absl::Duration duration = absl::Now() - start_;
  const auto code = static_cast<absl::StatusCode>(status.error_code());
  method_.metrics->Handled(code, duration);
  Log(answer.status(), code, duration);
  Finish(status);
}

void Call::Log(const absl::Status& status, absl::StatusCode code, absl::Duration duration) const {
  const auto reason = ReasonOf(status);
  log::Call({.request_id = context_.request_id,
             .traceparent = context_.traceparent,
             .method = method_.name,
             .account = context_.principal.account,
             .subject = context_.principal.subject,
             .peer = context_.peer,
             .code = code,
             .reason = reason ? common::v1::ErrorReason_Name(*reason) : "",
             .duration = duration,
             .bytes_in = bytes_in_,
             .bytes_out = response_bytes_.Length()});
  // Without a reason the status is ours alone: its text is for the log, never for the caller.
  if (!status.ok() && !reason) {
    log::Error("internal_error", {{"request_id", context_.request_id},
                                  {"method", method_.name},
                                  {"detail", std::string(status.message())}});
  }
}

}  // namespace partnerlink::rpc
