#include "common/status/status.h"

#include <algorithm>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "google/rpc/error_details.pb.h"

namespace partnerlink {
namespace {

using namespace common::v1;  // NOLINT: the reasons

// Debian's Abseil has a string_view of its own, which does not mix with the standard one.
constexpr char kDomain[] = "partnerlink";
constexpr char kTypePrefix[] = "type.googleapis.com/";
constexpr size_t kMaxMessageBytes = 1024;
constexpr int kMaxViolations = 20;
constexpr size_t kMaxDetailBytes = 4096;

template <typename Message>
void Attach(absl::Status& status, const Message& detail) {
  status.SetPayload(absl::StrCat(kTypePrefix, Message::descriptor()->full_name()),
                    absl::Cord(detail.SerializeAsString()));
}

void AttachRetry(absl::Status& status, absl::Duration after) {
  google::rpc::RetryInfo retry;
  retry.mutable_retry_delay()->set_seconds(absl::ToInt64Seconds(after));
  retry.mutable_retry_delay()->set_nanos(
      static_cast<int32_t>(absl::ToInt64Nanoseconds(after % absl::Seconds(1))));
  Attach(status, retry);
}

// Cuts at a character's start, so that the text stays UTF-8.
std::string Cut(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return std::string(text);
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0) == 0x80) --bytes;
  return std::string(text.substr(0, bytes));
}

}  // namespace

absl::StatusCode CodeOf(ErrorReason reason) {
  switch (reason) {
    case TOKEN_MISSING:
    case TOKEN_INVALID:
    case TOKEN_EXPIRED:
      return absl::StatusCode::kUnauthenticated;
    case FIELD_INVALID:
    case PAGE_TOKEN_INVALID:
    case FILTER_INVALID:
    case OPERATOR_REASON_MISSING:
    case LINK_MISSING:
    case LINK_DUPLICATED:
    case LINK_FOREIGN:
    case RECIPIENT_MISSING:
    case COMPANY_REQUIRED:
    case CONFIRM_MISSING:
    case ATTESTATION_INCOMPLETE:
      return absl::StatusCode::kInvalidArgument;
    case RESOURCE_NOT_FOUND:
    case INVITATION_NOT_FOUND:
    case METHOD_NOT_FOUND:
      return absl::StatusCode::kNotFound;
    case ROLE_MISSING:
    case PERMISSION_MISSING:
    case RELATIONSHIP_MISSING:
      return absl::StatusCode::kPermissionDenied;
    case ETAG_MISMATCH:
    case CONFLICT:
      return absl::StatusCode::kAborted;
    case INVITATION_EXISTS:
    case CUSTOMER_EXISTS:
    case PARTNER_EXISTS:
    case OFFER_EXISTS:
    case RELATIONSHIP_EXISTS:
    case PARTNERSHIP_EXISTS:
    case RENEWAL_EXISTS:
    case USER_EXISTS:
    case DOMAIN_VERIFIED:
    case TRANSFER_EXISTS:
      return absl::StatusCode::kAlreadyExists;
    case REQUEST_ID_REUSED:
    case INVITATION_NOT_ISSUED:
    case INVITATION_EXPIRED:
    case INVITATION_REVOKED:
    case INVITATION_USED:
    case INVITATION_EXHAUSTED:
    case INVITATION_DECLINED:
    case WRONG_ACCOUNT:
    case WRONG_KIND:
    case AGREEMENT_VERSION:
    case REGION:
    case PARTNER_SUSPENDED:
    case PARTNERSHIP_INACTIVE:
    case RELATIONSHIP_INACTIVE:
    case ACTIVE_SUBSCRIPTIONS:
    case ATTESTATION_VERSION:
    case OFFER_UNAVAILABLE:
    case QUANTITY_BELOW_ASSIGNED:
    case IMPORT_POSITION:
    case IMPORT_CHANGED:
    case MAIL_DISABLED:
    case STATE_TRANSITION:
    case SELF_RELATIONSHIP:
    case GRANT_ROLE_FORBIDDEN:
    case LICENSES_EXHAUSTED:
      return absl::StatusCode::kFailedPrecondition;
    case RATE_LIMITED:
    case QUOTA_EXCEEDED:
    case OVERLOADED:
    case MESSAGE_TOO_LARGE:
      return absl::StatusCode::kResourceExhausted;
    case DEPENDENCY_UNAVAILABLE:
      return absl::StatusCode::kUnavailable;
    case DEADLINE:
      return absl::StatusCode::kDeadlineExceeded;
    case CALL_CANCELLED:
      return absl::StatusCode::kCancelled;
    default:
      return absl::StatusCode::kInternal;
  }
}

absl::Status Refusal(ErrorReason reason, std::string_view message, const Metadata& metadata) {
  absl::Status status(CodeOf(reason), Cut(message, kMaxMessageBytes));
  google::rpc::ErrorInfo info;
  info.set_reason(ErrorReason_Name(reason));
  info.set_domain(kDomain);
  for (const auto& [key, value] : metadata) (*info.mutable_metadata())[key] = Cut(value, 256);
  Attach(status, info);
  if (status.code() == absl::StatusCode::kResourceExhausted ||
      status.code() == absl::StatusCode::kUnavailable) {
    AttachRetry(status, absl::Seconds(1));
  }
  return status;
}

absl::Status RefusalWithRetry(ErrorReason reason, std::string_view message,
                              absl::Duration retry_after) {
  absl::Status status = Refusal(reason, message);
  AttachRetry(status, retry_after);
  return status;
}

absl::Status NotFound() {
  return Refusal(RESOURCE_NOT_FOUND, "There is no such resource, or it is not yours to see.");
}

absl::Status EtagMismatch() {
  return Refusal(ETAG_MISMATCH, "The resource has changed since you read it: read it again.");
}

absl::Status StateTransition(std::string_view action, std::string_view state) {
  return Refusal(
      STATE_TRANSITION,
      absl::StrCat("Cannot ", std::string(action), ": the state is ", std::string(state), "."),
      {{"state", std::string(state)}});
}

absl::Status Blocked(ErrorReason reason, std::string_view message,
                     const std::vector<std::string>& blockers, const Metadata& metadata) {
  absl::Status status = Refusal(reason, message, metadata);
  google::rpc::PreconditionFailure failure;
  for (const std::string& blocker : blockers) {
    if (failure.violations_size() == kMaxViolations) break;
    auto* violation = failure.add_violations();
    violation->set_type(ErrorReason_Name(reason));
    violation->set_subject(blocker);
  }
  Attach(status, failure);
  return status;
}

absl::Status QuotaExceeded(std::string_view subject, std::string_view description,
                           absl::Duration retry_after, ErrorReason reason) {
  absl::Status status = RefusalWithRetry(reason, description, retry_after);
  google::rpc::QuotaFailure failure;
  auto* violation = failure.add_violations();
  violation->set_subject(std::string(subject));
  violation->set_description(std::string(description));
  Attach(status, failure);
  return status;
}

std::optional<ErrorReason> ReasonOf(const absl::Status& status) {
  const auto payload = status.GetPayload(
      absl::StrCat(kTypePrefix, google::rpc::ErrorInfo::descriptor()->full_name()));
  google::rpc::ErrorInfo info;
  ErrorReason reason;
  if (!payload || !info.ParseFromString(std::string(*payload)) ||
      !ErrorReason_Parse(info.reason(), &reason)) {
    return std::nullopt;
  }
  return reason;
}

google::rpc::Status ToRpcStatus(const absl::Status& status) {
  if (!status.ok() && !ReasonOf(status)) {
    return ToRpcStatus(Refusal(common::v1::INTERNAL, "An internal error has happened."));
  }
  google::rpc::Status rpc;
  rpc.set_code(static_cast<int>(status.code()));
  rpc.set_message(Cut({status.message().data(), status.message().size()}, kMaxMessageBytes));
  // ErrorInfo first: it must stay when the rest does not fit.
  const std::string first =
      absl::StrCat(kTypePrefix, google::rpc::ErrorInfo::descriptor()->full_name());
  size_t used = 0;
  const auto add = [&](absl::string_view url, const absl::Cord& payload) {
    if (used + payload.size() > kMaxDetailBytes) return;
    used += payload.size();
    auto* detail = rpc.add_details();
    detail->set_type_url(std::string(url));
    detail->set_value(std::string(payload));
  };
  if (const auto info = status.GetPayload(first)) add(first, *info);
  status.ForEachPayload([&](absl::string_view url, const absl::Cord& payload) {
    if (url != first) add(url, payload);
  });
  return rpc;
}

absl::Status FromRpcStatus(const google::rpc::Status& rpc) {
  absl::Status status(static_cast<absl::StatusCode>(rpc.code()), rpc.message());
  for (const auto& detail : rpc.details())
    status.SetPayload(detail.type_url(), absl::Cord(detail.value()));
  return status;
}

void FieldViolations::Add(std::string_view field, std::string_view description) {
  violations_.emplace_back(field, description);
}

absl::Status FieldViolations::ToStatus(ErrorReason reason) const {
  if (violations_.empty()) return absl::OkStatus();
  const auto& [field, description] = violations_.front();
  std::string message = absl::StrCat(field, ": ", description);
  if (violations_.size() > 1) absl::StrAppend(&message, " (and ", violations_.size() - 1, " more)");
  absl::Status status = Refusal(reason, message, {{"field", field}});
  google::rpc::BadRequest bad;
  for (const auto& [name, text] : violations_) {
    if (bad.field_violations_size() == kMaxViolations) break;
    auto* violation = bad.add_field_violations();
    violation->set_field(Cut(name, 128));
    violation->set_description(Cut(text, 200));
    if (bad.ByteSizeLong() > kMaxDetailBytes - 1024) {
      bad.mutable_field_violations()->RemoveLast();
      break;
    }
  }
  Attach(status, bad);
  return status;
}

}  // namespace partnerlink
