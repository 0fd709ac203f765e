#include "common/auth/access.h"

#include <memory>
#include <optional>

#include "common/status/status.h"
#include "gmock/gmock.h"
#include "google/protobuf/descriptor.pb.h"
#include "google/protobuf/text_format.h"
#include "gtest/gtest.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "partnerlink/invitation/v1/invitation_service.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::auth {
namespace {

using common::v1::OPERATOR_REASON_MISSING;
using common::v1::RESOURCE_NOT_FOUND;
using common::v1::ROLE_MISSING;
using common::v1::TOKEN_MISSING;
using google::protobuf::DescriptorPool;
using google::protobuf::MethodDescriptor;
using ::testing::HasSubstr;

const google::protobuf::ServiceDescriptor* const kServices[] = {
    directory::v1::GetCustomerRequest::descriptor()->file()->service(0),
    invitation::v1::GetInvitationRequest::descriptor()->file()->service(0),
    relationship::v1::GetPartnerRequest::descriptor()->file()->service(0),
};

const MethodDescriptor* MethodOf(const std::string& name) {
  for (const auto* service : kServices) {
    if (const auto* method = service->FindMethodByName(name)) return method;
  }
  return nullptr;
}

// A request whose field at `path` is `value`.
std::unique_ptr<google::protobuf::Message> RequestOf(const MethodDescriptor* method,
                                                     std::string path, const std::string& value) {
  std::unique_ptr<google::protobuf::Message> request(
      google::protobuf::MessageFactory::generated_factory()
          ->GetPrototype(method->input_type())
          ->New());
  google::protobuf::Message* message = request.get();
  for (size_t dot; (dot = path.find('.')) != std::string::npos; path = path.substr(dot + 1)) {
    const auto* field = message->GetDescriptor()->FindFieldByName(path.substr(0, dot));
    message = message->GetReflection()->MutableMessage(message, field);
  }
  if (!path.empty()) {
    message->GetReflection()->SetString(message, message->GetDescriptor()->FindFieldByName(path),
                                        value);
  }
  return request;
}

CallContext CallOf(AccountFamily family, const std::string& account, const std::string& role) {
  CallContext context;
  context.principal.subject = "ada";
  context.principal.account = account;
  context.principal.family = family;
  context.principal.roles = {role};
  context.operator_reason = "ticket 7";
  return context;
}

CallContext Partner(const std::string& role) {
  return CallOf(AccountFamily::kPartner, "partners/contoso", role);
}
CallContext Customer(const std::string& role) {
  return CallOf(AccountFamily::kCustomer, "customers/acme", role);
}
CallContext Operator(const std::string& reason = "ticket 7") {
  CallContext context = CallOf(AccountFamily::kOperator, "operators", "operator");
  context.operator_reason = reason;
  return context;
}
CallContext Peer(const std::string& service) {
  CallContext context;
  context.peer = service;
  return context;
}

struct Row {
  const char* method;
  const char* field;
  const char* value;
  CallContext context;
  std::optional<ErrorReason> refusal;
};

const char kInvitation[] = "partners/contoso/invitations/0190a1b2-0000-7000-8000-000000000000";
const char kForeign[] = "partners/fabrikam/invitations/0190a1b2-0000-7000-8000-000000000000";

const Row kRows[] = {
    // own, one family
    {"CreateInvitation", "parent", "partners/contoso", Partner("sales_agent"), {}},
    {"CreateInvitation", "parent", "partners/contoso", Partner("helpdesk_agent"), ROLE_MISSING},
    {"CreateInvitation", "parent", "partners/fabrikam", Partner("sales_agent"), RESOURCE_NOT_FOUND},
    {"CreateInvitation", "parent", "partners/fabrikam", Partner("helpdesk_agent"),
     RESOURCE_NOT_FOUND},
    {"CreateInvitation", "parent", "partners/-", Partner("sales_agent"), RESOURCE_NOT_FOUND},
    {"CreateInvitation", "parent", "", Partner("sales_agent"), RESOURCE_NOT_FOUND},
    {"CreateInvitation", "parent", "partners/contoso", Customer("global_admin"),
     RESOURCE_NOT_FOUND},
    {"CreateInvitation", "parent", "customers/acme", Customer("global_admin"), ROLE_MISSING},
    {"CreateInvitation", "parent", "partners/contoso", Operator(), ROLE_MISSING},
    {"CreateInvitation", "parent", "partners/contoso", CallContext(), TOKEN_MISSING},
    {"CreateInvitation", "parent", "partners/contoso", Peer("relationship"), TOKEN_MISSING},
    // a longer name, a nested field
    {"GetInvitation", "name", kInvitation, Partner("helpdesk_agent"), {}},
    {"RenderInvitation", "name", kInvitation, Partner("sales_agent"), {}},
    {"RenderInvitation", "name", kForeign, Partner("sales_agent"), RESOURCE_NOT_FOUND},
    {"RenderInvitation", "name", "partners/contoso2/invitations/x", Partner("sales_agent"),
     RESOURCE_NOT_FOUND},
    {"RenderInvitation", "name", "partners/contoso%2f..%2ffabrikam/invitations/x",
     Partner("sales_agent"), RESOURCE_NOT_FOUND},
    // of another's the rows decide, for some roles
    {"GetInvitation", "name", kForeign, Partner("admin_agent"), {}},
    {"GetInvitation", "name", kForeign, Partner("helpdesk_agent"), ROLE_MISSING},
    {"GetInvitation", "name", kForeign, Operator(), {}},
    {"GetInvitation", "name", kForeign, Operator(""), OPERATOR_REASON_MISSING},
    {"GetInvitation", "name", kForeign, Operator("  "), OPERATOR_REASON_MISSING},
    {"UpdateInvitation", "invitation.name", kInvitation, Partner("admin_agent"), {}},
    {"UpdateInvitation", "invitation.name", kForeign, Partner("admin_agent"), RESOURCE_NOT_FOUND},
    {"UpdateInvitation", "", "", Partner("admin_agent"), RESOURCE_NOT_FOUND},
    {"UpdateInvitation", "invitation.name", kInvitation, Operator(""), ROLE_MISSING},
    {"RevokeInvitation", "name", kForeign, Operator(), {}},
    {"RevokeInvitation", "name", kForeign, Operator(""), OPERATOR_REASON_MISSING},
    // no account in the request
    {"AcceptInvitation", "", "", Customer("billing_admin"), {}},
    {"AcceptInvitation", "", "", Customer("admin_agent"), ROLE_MISSING},
    {"AcceptInvitation", "", "", Partner("global_admin"), {}},
    {"AcceptInvitation", "", "", Partner("sales_agent"), {}},  // is told whom the link is for
    {"AcceptInvitation", "", "", Partner("billing_admin"), ROLE_MISSING},
    {"AcceptInvitation", "", "", Operator(), ROLE_MISSING},
    {"AcceptInvitation", "", "", CallContext(), TOKEN_MISSING},
    {"EnrollPartner", "", "", Operator(), {}},
    {"EnrollPartner", "", "", Operator(""), OPERATOR_REASON_MISSING},
    {"EnrollPartner", "", "", Partner("global_admin"), ROLE_MISSING},
    {"GetRelationship", "name", "relationships/x", Partner("helpdesk_agent"), {}},
    // anyone
    {"LookupInvitation", "", "", CallContext(), {}},
    {"LookupInvitation", "", "", Partner("global_admin"), {}},
    {"LookupInvitation", "", "", Operator(""), {}},
    // the rows decide
    {"GetPartner", "name", "partners/fabrikam", Partner("helpdesk_agent"), {}},
    {"GetPartner", "name", "partners/fabrikam", Customer("billing_admin"), {}},
    {"GetPartner", "name", "partners/-", Partner("helpdesk_agent"), RESOURCE_NOT_FOUND},
    {"GetCustomer", "name", "customers/acme", Partner("helpdesk_agent"), {}},
    {"GetCustomer", "name", "customers/-", Partner("helpdesk_agent"), RESOURCE_NOT_FOUND},
    {"GetCustomer", "name", "customers/acme", Customer("billing_admin"), {}},
    {"GetCustomer", "name", "customers/zeta", Customer("billing_admin"), RESOURCE_NOT_FOUND},
    {"GetGrant", "name", "partners/fabrikam/grants/x", Customer("global_admin"), {}},
    {"GetGrant", "name", "partners/fabrikam/grants/x", Customer("billing_admin"), ROLE_MISSING},
    {"GetGrant", "name", "partners/fabrikam/grants/x", Partner("global_admin"), RESOURCE_NOT_FOUND},
    {"GetGrant", "name", "partners/contoso/grants/x", Partner("sales_agent"), ROLE_MISSING},
    // two families, each with its own account
    {"ListRelationships", "parent", "partners/contoso", Partner("helpdesk_agent"), {}},
    {"ListRelationships", "parent", "customers/acme", Customer("billing_admin"), {}},
    {"ListRelationships", "parent", "customers/acme", Partner("helpdesk_agent"),
     RESOURCE_NOT_FOUND},
    {"ListRelationships", "parent", "customers/-", Customer("billing_admin"), RESOURCE_NOT_FOUND},
    {"ListRelationships", "parent", "partners/-", Operator(), {}},
    {"ListRelationships", "parent", "partners/-", Operator(""), OPERATOR_REASON_MISSING},
    {"ListCustomers", "parent", "partners/contoso", Partner("sales_agent"), {}},
    {"ListCustomers", "parent", "partners/contoso", Operator(), ROLE_MISSING},
    // peers
    {"EstablishRelationships", "", "", Peer("invitation"), {}},
    {"EstablishRelationships", "", "", Peer("directory"), {}},
    {"EstablishRelationships", "", "", Peer("relationship"), ROLE_MISSING},
    {"EstablishRelationships", "", "", Peer("gateway"), ROLE_MISSING},
    {"EstablishRelationships", "", "", Peer(""), ROLE_MISSING},
    {"EstablishRelationships", "", "", Operator(), ROLE_MISSING},
    {"ApplyRelationships", "", "", Peer("relationship"), {}},
    {"ApplyRelationships", "", "", Peer("invitation"), ROLE_MISSING},
    // callers and peers
    {"CheckAccess", "", "", Peer("directory"), {}},
    {"CheckAccess", "", "", Peer("relationship"), TOKEN_MISSING},
    {"CheckAccess", "", "", Peer("gateway"), TOKEN_MISSING},
    {"CheckAccess", "", "", CallContext(), TOKEN_MISSING},
    {"CheckAccess", "", "", Partner("helpdesk_agent"), {}},
    {"CheckAccess", "", "", Customer("billing_admin"), {}},
    {"CheckAccess", "", "", Partner("billing_admin"), ROLE_MISSING},
};

TEST(AccessPolicyTest, EveryRowOfTheTableHolds) {
  for (const Row& row : kRows) {
    const MethodDescriptor* method = MethodOf(row.method);
    ASSERT_NE(method, nullptr) << row.method;
    const auto policy = AccessPolicy::Of(method);
    ASSERT_TRUE(policy.ok()) << policy.status();
    absl::Status status = policy->CheckToken(row.context);
    if (status.ok()) {
      status = policy->CheckReachAndRole(row.context, *RequestOf(method, row.field, row.value));
    }
    EXPECT_EQ(ReasonOf(status), row.refusal)
        << row.method << " " << row.value << " by " << row.context.principal.account
        << row.context.peer << ": " << status;
  }
}

TEST(AccessPolicyTest, EveryMethodOfEveryServiceHasAPolicy) {
  for (const auto* service : kServices) {
    for (int i = 0; i < service->method_count(); ++i) {
      const auto policy = AccessPolicy::Of(service->method(i));
      EXPECT_TRUE(policy.ok()) << policy.status();
    }
  }
  EXPECT_TRUE(AccessPolicy::Of(MethodOf("GetPartner"))->AdmitsCallers());
  EXPECT_FALSE(AccessPolicy::Of(MethodOf("GetPartner"))->IsPeerMethod());
  EXPECT_FALSE(AccessPolicy::Of(MethodOf("ApplyRelationships"))->AdmitsCallers());
  EXPECT_TRUE(AccessPolicy::Of(MethodOf("ApplyRelationships"))->IsPeerMethod());
  EXPECT_FALSE(AccessPolicy::Of(MethodOf("LookupInvitation"))->AdmitsCallers());
  EXPECT_FALSE(AccessPolicy::Of(MethodOf("LookupInvitation"))->IsPeerMethod());
}

// The policy of a method `test.Service.Call(UpdateInvitationRequest)` with this option; none if
// empty.
class CompiledOption {
 public:
  explicit CompiledOption(const std::string& option) : pool_(DescriptorPool::generated_pool()) {
    google::protobuf::FileDescriptorProto file;
    file.set_name("test.proto");
    file.set_package("test");
    file.add_dependency("partnerlink/invitation/v1/invitation_service.proto");
    file.add_dependency("partnerlink/invitation/v1/invitation.proto");
    auto* service = file.add_service();
    service->set_name("Service");
    auto* method = service->add_method();
    method->set_name("Call");
    method->set_input_type(".partnerlink.invitation.v1.UpdateInvitationRequest");
    method->set_output_type(".partnerlink.invitation.v1.Invitation");
    if (!option.empty()) {
      EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(
          option, method->mutable_options()->MutableExtension(common::v1::access)))
          << option;
    }
    policy_ = AccessPolicy::Of(pool_.BuildFile(file)->service(0)->method(0));
  }

  const absl::StatusOr<AccessPolicy>& policy() const { return policy_; }

 private:
  DescriptorPool pool_;
  absl::StatusOr<AccessPolicy> policy_;
};

TEST(AccessPolicyTest, AWiderCallerOfAFamilyDoesNotWidenTheNarrowOne) {
  const CompiledOption option(R"(
      callers { family: PARTNER roles: "sales_agent" own: true }
      callers { family: PARTNER roles: "global_admin" }
      account_field: "invitation.name")");
  ASSERT_TRUE(option.policy().ok()) << option.policy().status();
  const AccessPolicy& policy = *option.policy();
  invitation::v1::UpdateInvitationRequest request;
  request.mutable_invitation()->set_name(kForeign);
  EXPECT_TRUE(policy.CheckReachAndRole(Partner("global_admin"), request).ok());
  EXPECT_EQ(ReasonOf(policy.CheckReachAndRole(Partner("sales_agent"), request)), ROLE_MISSING);
  request.mutable_invitation()->set_name(kInvitation);
  EXPECT_TRUE(policy.CheckReachAndRole(Partner("sales_agent"), request).ok());
}

TEST(AccessPolicyTest, AnOptionThatIsMissingOrContradictsItselfIsNamed) {
  const std::pair<const char*, const char*> cases[] = {
      {"", "is missing"},
      {"account_field: 'invitation.name'", "either anonymous, or callers or peers"},
      {"anonymous: false", "either anonymous"},
      {"anonymous: true peers: 'invitation'", "either anonymous"},
      {"anonymous: true callers { family: PARTNER roles: 'global_admin' }", "either anonymous"},
      {"peers: ''", "has a peer without a name"},
      {"peers: 'a' account_field: 'invitation.name'", "without callers"},
      {"anonymous: true operator_reason: true", "without callers"},
      {"callers { roles: 'global_admin' }", "has a caller without a family"},
      {"callers { family: PARTNER }", "has a caller without roles"},
      {"callers { family: PARTNER roles: 'billing_admin' }",
       "role 'billing_admin', which PARTNER accounts do not have"},
      {"callers { family: CUSTOMER roles: 'operator' }", "which CUSTOMER accounts do not have"},
      {"callers { family: OPERATOR roles: '' }", "which OPERATOR accounts do not have"},
      {"callers { family: PARTNER roles: 'global_admin' own: true }", "own without account_field"},
      {"callers { family: OPERATOR roles: 'operator' own: true } account_field: 'invitation.name'",
       "own for operators"},
      {"callers { family: PARTNER roles: 'global_admin' } operator_reason: true",
       "operators may not call"},
      {"callers { family: PARTNER roles: 'global_admin' } account_field: 'parent'",
       "account_field 'parent', which"},
      {"callers { family: PARTNER roles: 'global_admin' } account_field: 'invitation'",
       "which is not a string"},
      {"callers { family: PARTNER roles: 'global_admin' } account_field: 'invitation.name.x'",
       "does not have"},
      {"callers { family: PARTNER roles: 'global_admin' } account_field: 'update_mask.paths'",
       "does not have"},
      {"callers { family: PARTNER roles: 'global_admin' } account_field: 'invitation.'",
       "does not have"},
  };
  for (const auto& [option, fault] : cases) {
    const auto status = CompiledOption(option).policy().status();
    EXPECT_THAT(std::string(status.message()), HasSubstr(fault)) << option;
    EXPECT_THAT(std::string(status.message()), HasSubstr("test.Service.Call")) << option;
  }
}

}  // namespace
}  // namespace partnerlink::auth
