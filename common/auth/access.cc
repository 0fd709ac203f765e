#include "common/auth/access.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "common/status/status.h"
#include "common/validation/accounts.h"

namespace partnerlink::auth {
namespace {

using google::protobuf::FieldDescriptor;

AccountFamily FamilyOf(common::v1::Caller::Family family) {
  switch (family) {
    case common::v1::Caller::PARTNER:
      return AccountFamily::kPartner;
    case common::v1::Caller::CUSTOMER:
      return AccountFamily::kCustomer;
    case common::v1::Caller::OPERATOR:
      return AccountFamily::kOperator;
    default:
      return AccountFamily::kNone;
  }
}

absl::Status Contradiction(const std::string& what) { return absl::InvalidArgumentError(what); }

// Whether the request speaks of all accounts of a family.
bool IsWildcard(std::string_view account) { return account.ends_with("/-"); }

absl::Status RoleMissing() {
  return Refusal(common::v1::ROLE_MISSING, "None of your roles allows this call.");
}

}  // namespace

absl::StatusOr<AccessPolicy> AccessPolicy::Of(const google::protobuf::MethodDescriptor* method) {
  const auto fault = [&](absl::string_view what) {
    return absl::InvalidArgumentError(
        absl::StrCat("the access option of ", method->full_name(), " ", what));
  };
  if (!method->options().HasExtension(common::v1::access)) return fault("is missing");
  const common::v1::Access& access = method->options().GetExtension(common::v1::access);
  if (access.anonymous() == (access.callers_size() > 0 || access.peers_size() > 0)) {
    return fault("must have either anonymous, or callers or peers");
  }
  if (access.callers_size() == 0 && (!access.account_field().empty() || access.operator_reason())) {
    return fault("has account_field or operator_reason without callers");
  }
  AccessPolicy policy;
  policy.peers_.assign(access.peers().begin(), access.peers().end());
  policy.operator_reason_ = access.operator_reason();
  for (const std::string& peer : policy.peers_) {
    if (peer.empty()) return fault("has a peer without a name");
  }
  if (const auto read = policy.ReadCallers(access); !read.ok()) return fault(read.message());
  if (const auto read = policy.ReadAccountField(method->input_type(), access.account_field());
      !read.ok()) {
    return fault(read.message());
  }
  return policy;
}

absl::Status AccessPolicy::ReadCallers(const common::v1::Access& access) {
  for (const common::v1::Caller& caller : access.callers()) {
    const AccountFamily family = FamilyOf(caller.family());
    if (family == AccountFamily::kNone) return Contradiction("has a caller without a family");
    if (caller.roles().empty()) return Contradiction("has a caller without roles");
    for (const std::string& role : caller.roles()) {
      if (!validation::IsRoleOf(family, role)) {
        return Contradiction(absl::StrCat("has the role '", role, "', which ",
                                          common::v1::Caller::Family_Name(caller.family()),
                                          " accounts do not have"));
      }
    }
    if (caller.own() && access.account_field().empty()) {
      return Contradiction("has own without account_field");
    }
    if (caller.own() && family == AccountFamily::kOperator) {
      return Contradiction("has own for operators, who have no account of their own");
    }
    callers_.push_back({family, {caller.roles().begin(), caller.roles().end()}, caller.own()});
  }
  if (access.operator_reason() && !HasCallerOf(AccountFamily::kOperator)) {
    return Contradiction("has operator_reason, but operators may not call");
  }
  return absl::OkStatus();
}

absl::Status AccessPolicy::ReadAccountField(const google::protobuf::Descriptor* request,
                                            const std::string& path) {
  if (path.empty()) {
    const FieldDescriptor* name = request->FindFieldByName("name");
    if (name != nullptr && name->type() == FieldDescriptor::TYPE_STRING) name_ = name;
    return absl::OkStatus();
  }
  const google::protobuf::Descriptor* message = request;
  for (const std::string& name : std::vector<std::string>(absl::StrSplit(path, '.'))) {
    const FieldDescriptor* field = message == nullptr ? nullptr : message->FindFieldByName(name);
    if (field == nullptr || field->is_repeated()) {
      return Contradiction(absl::StrCat("has account_field '", path, "', which ",
                                        request->full_name(), " does not have"));
    }
    account_path_.push_back(field);
    message = field->message_type();
  }
  if (account_path_.back()->type() != FieldDescriptor::TYPE_STRING) {
    return Contradiction(absl::StrCat("has account_field '", path, "', which is not a string"));
  }
  return absl::OkStatus();
}

bool AccessPolicy::HasCallerOf(AccountFamily family) const {
  return std::any_of(callers_.begin(), callers_.end(),
                     [&](const Caller& caller) { return caller.family == family; });
}

std::string AccessPolicy::NameIn(const google::protobuf::Message& request) const {
  const google::protobuf::Message* message = &request;
  for (size_t i = 0; i + 1 < account_path_.size(); ++i) {
    message = &message->GetReflection()->GetMessage(*message, account_path_[i]);
  }
  const FieldDescriptor* field = account_path_.empty() ? name_ : account_path_.back();
  return field == nullptr ? "" : message->GetReflection()->GetString(*message, field);
}

std::string AccessPolicy::AccountIn(const google::protobuf::Message& request) const {
  if (account_path_.empty()) return "";
  std::string name = NameIn(request);
  const size_t collection = name.find('/');
  if (collection != std::string::npos)
    name.resize(std::min(name.size(), name.find('/', collection + 1)));
  return name;
}

bool AccessPolicy::IsListedPeer(const CallContext& context) const {
  return std::find(peers_.begin(), peers_.end(), context.peer) != peers_.end();
}

absl::Status AccessPolicy::CheckToken(const CallContext& context) const {
  if (IsListedPeer(context)) return absl::OkStatus();
  if (IsPeerMethod()) {
    return Refusal(common::v1::ROLE_MISSING, "Only services of the suite may make this call.");
  }
  if (AdmitsCallers() && context.principal.family == AccountFamily::kNone) {
    return Refusal(common::v1::TOKEN_MISSING, "The call needs a token: authorization: Bearer …");
  }
  return absl::OkStatus();
}

absl::Status AccessPolicy::CheckReachAndRole(const CallContext& context,
                                             const google::protobuf::Message& request) const {
  const Principal& principal = context.principal;
  const bool is_peer = principal.family == AccountFamily::kNone && IsListedPeer(context);
  if (!AdmitsCallers() || is_peer) return absl::OkStatus();
  if (operator_reason_ && principal.IsOperator() &&
      absl::StripAsciiWhitespace(context.operator_reason).empty()) {
    return Refusal(common::v1::OPERATOR_REASON_MISSING,
                   "An operator's call needs the metadata partnerlink-reason.");
  }
  const std::string account = AccountIn(request);
  const bool own = account_path_.empty() || account == principal.account;
  const auto reaches = [&](const Caller& caller) {
    return caller.family == principal.family && (own || !caller.own);
  };
  const bool reached = std::any_of(callers_.begin(), callers_.end(), reaches);
  if (!principal.IsOperator() && ((!own && !reached) || IsWildcard(account))) return NotFound();
  const bool allowed = std::any_of(callers_.begin(), callers_.end(), [&](const Caller& caller) {
    return reaches(caller) &&
           std::any_of(caller.roles.begin(), caller.roles.end(),
                       [&](const std::string& role) { return principal.HasRole(role); });
  });
  return allowed ? absl::OkStatus() : RoleMissing();
}

}  // namespace partnerlink::auth
