#include "common/rpc/audit.h"

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "common/status/status.h"

namespace partnerlink::rpc {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// The accounts that a resource is of: these of its fields.
constexpr std::string_view kAccountFields[] = {"partner", "customer", "provider", "reseller"};

// A judgement on what was asked, rather than a failure to do it.
bool IsJudgement(const absl::Status& status, ErrorReason reason) {
  switch (status.code()) {
    case absl::StatusCode::kInvalidArgument:
    case absl::StatusCode::kNotFound:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kFailedPrecondition:
    case absl::StatusCode::kAlreadyExists:
      return true;
    default:
      return reason == common::v1::ETAG_MISMATCH || reason == common::v1::QUOTA_EXCEEDED;
  }
}

bool IsTenant(std::string_view account) {
  return (account.starts_with("partners/") || account.starts_with("customers/")) &&
         !account.ends_with("/-");
}

// Those of the row that was read.
std::vector<std::string> AccountsOf(const Message* response) {
  std::vector<std::string> accounts;
  if (response == nullptr) return accounts;
  for (const std::string_view name : kAccountFields) {
    const FieldDescriptor* field = response->GetDescriptor()->FindFieldByName(std::string(name));
    if (field == nullptr || field->is_repeated() ||
        field->cpp_type() != FieldDescriptor::CPPTYPE_STRING) {
      continue;
    }
    std::string account = response->GetReflection()->GetString(*response, field);
    if (IsTenant(account)) accounts.push_back(std::move(account));
  }
  return accounts;
}

std::vector<std::string> AccountsOf(const auth::AccessPolicy& access, const CallContext& context,
                                    const Message& request, const Message* response) {
  if (!context.principal.IsOperator()) return {context.principal.account};
  if (std::string named = access.AccountIn(request); IsTenant(named)) return {std::move(named)};
  std::vector<std::string> accounts = AccountsOf(response);
  if (accounts.empty()) accounts.emplace_back(kOperators);
  return accounts;
}

}  // namespace

std::vector<outbox::CallEntry> EntriesOf(const auth::AccessPolicy& access, MethodClass method_class,
                                         const CallContext& context, const Message& request,
                                         const absl::Status& status, const Message* response) {
  const bool is_read = method_class == MethodClass::kRead;
  const bool is_looked_at = context.principal.IsOperator() && access.AsksOperatorReason();
  const std::optional<ErrorReason> reason = ReasonOf(status);
  const bool is_refused = reason && IsJudgement(status, *reason);
  const bool is_kept = status.ok() ? is_read && is_looked_at : is_refused;
  if (context.principal.account.empty() || !is_kept || (is_read && !is_looked_at)) return {};
  const std::string named = access.NameIn(request);
  std::vector<outbox::CallEntry> entries;
  for (std::string& account : AccountsOf(access, context, request, response)) {
    entries.push_back({.account = account,
                       .resource = named.empty() ? account : named,
                       .refusal = is_refused ? common::v1::ErrorReason_Name(*reason) : ""});
  }
  return entries;
}

}  // namespace partnerlink::rpc
