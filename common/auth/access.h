// Who may call a method, compiled from its `access` option when a server starts.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "google/protobuf/descriptor.h"
#include "google/protobuf/message.h"
#include "partnerlink/common/v1/access.pb.h"

namespace partnerlink::auth {

// The policy of one method. Immutable, so any thread may use it; the descriptor must outlive it.
// A call is checked twice, with the check of its message's shape in between.
class AccessPolicy {
 public:
  // INVALID_ARGUMENT, naming the method, if the option is missing or contradicts itself: neither
  // callers, peers nor anonymous, or anonymous with one of them; a caller without a family or
  // roles, or with a role its family does not know; `own` for operators or without account_field;
  // account_field that is not a string of the request or, as in `invitation.name`, of a message in
  // it; operator_reason without an operator among the callers; account_field or operator_reason
  // without callers.
  static absl::StatusOr<AccessPolicy> Of(const google::protobuf::MethodDescriptor* method);

  // Whether callers with a token may call.
  bool AdmitsCallers() const { return !callers_.empty(); }

  // Whether peers may call, by their certificate.
  bool AdmitsPeers() const { return !peers_.empty(); }

  // Whether only peers may call.
  bool IsPeerMethod() const { return AdmitsPeers() && !AdmitsCallers(); }

  // Whether operators give a reason, as they touch the rows of others.
  bool AsksOperatorReason() const { return operator_reason_; }

  // The account that the request names: the first two segments of account_field; empty without one.
  std::string AccountIn(const google::protobuf::Message& request) const;

  // The whole name in account_field; without one the request's field `name`, if it has that.
  std::string NameIn(const google::protobuf::Message& request) const;

  // Before the shape. A method for peers only: ROLE_MISSING unless context.peer is listed. A method
  // for callers: TOKEN_MISSING without a principal, unless context.peer is listed.
  absl::Status CheckToken(const CallContext& context) const;

  // After the shape. In this order, for methods with callers:
  // OPERATOR_REASON_MISSING where the method wants an operator's reason and there is none;
  // RESOURCE_NOT_FOUND where the request names an account that no caller of the principal's family
  // may reach: another one than its own unless the rows decide, and `partners/-` or `customers/-`
  // for everyone but operators;
  // ROLE_MISSING where no caller of the principal's family fits one of its roles.
  absl::Status CheckReachAndRole(const CallContext& context,
                                 const google::protobuf::Message& request) const;

 private:
  struct Caller {
    AccountFamily family;
    std::vector<std::string> roles;
    bool own;
  };

  AccessPolicy() = default;
  absl::Status ReadCallers(const common::v1::Access& access);
  absl::Status ReadAccountField(const google::protobuf::Descriptor* request,
                                const std::string& path);
  bool HasCallerOf(AccountFamily family) const;
  bool IsListedPeer(const CallContext& context) const;

  std::vector<Caller> callers_;
  std::vector<std::string> peers_;
  std::vector<const google::protobuf::FieldDescriptor*> account_path_;  // the way to account_field
  const google::protobuf::FieldDescriptor* name_ = nullptr;  // the request's, without account_field
  bool operator_reason_ = false;
};

}  // namespace partnerlink::auth
