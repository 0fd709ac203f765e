#include "common/rpc/incoming.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "common/auth/tls.h"
#include "common/identifier/uuid.h"
#include "common/log/log.h"
#include "common/outbox/consistency_token.h"
#include "common/rpc/audit.h"
#include "common/rpc/wire.h"
#include "common/status/status.h"

namespace partnerlink::rpc {
namespace {

constexpr absl::Duration kLongestDeadline = absl::Seconds(30);
constexpr size_t kMostHeaderBytes = 200;
// The gateway writes it, whatever its client has sent; nobody else but peers gets here.
constexpr char kClientAddress[] = "x-partnerlink-client-address";

std::string_view View(grpc::string_ref text) { return {text.data(), text.size()}; }

// A caller's words about a call are kept if they are short and printable.
bool IsHeaderText(std::string_view text) {
  return !text.empty() && text.size() <= kMostHeaderBytes &&
         std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < 0x7F; });
}

// Empty unless it is there, short and printable.
std::string Metadata(const grpc::CallbackServerContext& transport, const char* key) {
  const auto& metadata = transport.client_metadata();
  const auto entry = metadata.find(key);
  if (entry == metadata.end() || !IsHeaderText(View(entry->second))) return "";
  return std::string(View(entry->second));
}

}  // namespace

absl::Time DeadlineOf(const grpc::CallbackServerContext& transport, absl::Time now,
                      absl::Duration if_unsaid) {
  const absl::Time asked = absl::FromChrono(transport.deadline());
  const bool has_deadline = asked < now + absl::Hours(24 * 365);
  return has_deadline ? std::min(asked, now + kLongestDeadline) : now + if_unsaid;
}

void ReadMetadata(const grpc::CallbackServerContext& transport, CallContext& context) {
  context.request_id = Metadata(transport, "x-request-id");
  if (context.request_id.empty()) context.request_id = NewUuid();
  context.traceparent = Metadata(transport, "traceparent");
  const auto& metadata = transport.client_metadata();
  const auto reason = metadata.find("partnerlink-reason");
  if (reason != metadata.end()) {
    context.operator_reason = std::string(View(reason->second).substr(0, kMostHeaderBytes));
  }
}

absl::Status Identify(const Service::Method& method, const Edge& edge,
                      const grpc::CallbackServerContext& transport, absl::Time now,
                      CallContext& context) {
  if (method.access->AdmitsPeers()) context.peer = auth::PeerOf(*transport.auth_context());
  const auto [begin, end] = transport.client_metadata().equal_range("authorization");
  if (begin != end && !method.access->IsPeerMethod()) {
    if (std::next(begin) != end) {
      return Refusal(common::v1::TOKEN_INVALID, "The call carries more than one token.");
    }
    PARTNERLINK_ASSIGN_OR_RETURN(context.principal,
                                 edge.verifier->Verify(View(begin->second), now));
  } else if (!method.access->IsPeerMethod()) {
    context.client_address = Metadata(transport, kClientAddress);
  }
  return method.access->CheckToken(context);
}

absl::Status ParseRequest(const Service::Method& method, const grpc::ByteBuffer& bytes,
                          google::protobuf::Message& request) {
  if (bytes.Length() > method.most_bytes) {
    return Refusal(common::v1::MESSAGE_TOO_LARGE,
                   absl::StrCat("The message is larger than ", method.most_bytes / 1024, " KiB."));
  }
  if (Parse(bytes, request)) return absl::OkStatus();
  return Refusal(common::v1::FIELD_INVALID,
                 "The request is not this method's message, or a text in it is not UTF-8.");
}

std::string ConsistencyTokenOf(const Service::Method& method,
                               const google::protobuf::Message& request) {
  if (method.consistency_token == nullptr) return "";
  return request.GetReflection()->GetString(request, method.consistency_token);
}

Service::Answer Audited(const Service::Method& method, const Edge& edge, const CallContext& context,
                        const google::protobuf::Message& request, Service::Answer answer) {
  if (method.in_memory || !edge.record_call) return answer;
  const std::vector<outbox::CallEntry> entries =
      EntriesOf(*method.access, method.method_class, context, request, answer.status(),
                answer.ok() ? answer->get() : nullptr);
  if (entries.empty()) return answer;
  const absl::Status recorded = edge.record_call(context, entries);
  if (recorded.ok()) return answer;
  log::Error("audit_entry_not_written", {{"request_id", context.request_id},
                                         {"method", method.name},
                                         {"detail", std::string(recorded.message())}});
  if (answer.ok()) return recorded;
  return answer;
}

void AddHeaders(const CallContext& context, const absl::Status& status,
                grpc::CallbackServerContext& transport) {
  // For the gateway, which sees the headers but not the details.
  if (const auto reason = ReasonOf(status)) {
    transport.AddInitialMetadata("partnerlink-refusal", common::v1::ErrorReason_Name(*reason));
  }
  transport.AddInitialMetadata("x-request-id", context.request_id);
  if (!context.traceparent.empty()) {
    transport.AddInitialMetadata("traceparent", context.traceparent);
  }
  if (!context.outcome->root_event.empty()) {
    transport.AddInitialMetadata("partnerlink-consistency-token",
                                 outbox::ToConsistencyToken(context.outcome->root_event));
  }
}

void Account(const Service::Method& method, const CallContext& context, const absl::Status& status,
             const grpc::Status& answered, absl::Duration duration, size_t bytes_in,
             size_t bytes_out) {
  const auto code = static_cast<absl::StatusCode>(answered.error_code());
  method.metrics->Handled(code, duration);
  const auto reason = ReasonOf(status);
  log::Call({.request_id = context.request_id,
             .traceparent = context.traceparent,
             .method = method.name,
             .account = context.principal.account,
             .subject = context.principal.subject,
             .peer = context.peer,
             .code = code,
             .reason = reason ? common::v1::ErrorReason_Name(*reason) : "",
             .duration = duration,
             .bytes_in = bytes_in,
             .bytes_out = bytes_out});
  // Without a reason the status is ours alone: its text is for the log, never for the caller.
  if (!status.ok() && !reason) {
    log::Error("internal_error", {{"request_id", context.request_id},
                                  {"method", method.name},
                                  {"detail", std::string(status.message())}});
  }
}

}  // namespace partnerlink::rpc
