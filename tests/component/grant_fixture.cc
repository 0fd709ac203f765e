#include "tests/component/grant_fixture.h"

#include "absl/strings/str_cat.h"
#include "common/identifier/uuid.h"
#include "common/status/status.h"
#include "services/relationship/access/handlers.h"
#include "services/relationship/grants/expiry.h"
#include "services/relationship/grants/handlers.h"

namespace partnerlink::support {

using namespace relationship;  // NOLINT: the service under test
using grants::Action;
using v1::Grant;

Principal Carl() { return PrincipalOf(kNorthwind, {"global_admin"}, "carl"); }

v1::CreateGrantRequest DraftOf(const std::string& customer) {
  v1::CreateGrantRequest request;
  request.set_parent(kContoso);
  request.mutable_grant()->set_display_name("Care");
  request.mutable_grant()->set_customer(customer);
  request.mutable_grant()->add_roles("user_admin");
  request.mutable_grant()->add_roles("license_admin");
  request.mutable_grant()->set_duration_days(90);
  return request;
}

GrantTest::GrantTest() {
  v1::EstablishRelationshipsRequest accepted = AcceptedBy(kNorthwind, kContoso, NewUuid());
  accepted.clear_grant();
  const auto response = Establish(accepted);
  EXPECT_TRUE(response.ok()) << response.status();
  if (response.ok()) relationship_ = response->edges(0).relationship();
  TellDirectory();
  NewEvents();
}

absl::StatusOr<Grant> GrantTest::Draft(const v1::CreateGrantRequest& request,
                                       const Principal& principal) {
  PARTNERLINK_RETURN_IF_ERROR(grants::ValidateCreateGrant(request));
  const TestCall call = RelationshipCall("CreateGrant", principal);
  return grants::CreateGrant(call.context, relationship_deps_, request);
}

absl::StatusOr<Grant> GrantTest::Edit(const v1::UpdateGrantRequest& request,
                                      const Principal& principal) {
  PARTNERLINK_RETURN_IF_ERROR(grants::ValidateUpdateGrant(request));
  const TestCall call = RelationshipCall("UpdateGrant", principal);
  return grants::UpdateGrant(call.context, relationship_deps_, request);
}

absl::StatusOr<google::protobuf::Empty> GrantTest::Delete(const v1::DeleteGrantRequest& request,
                                                          const Principal& principal) {
  PARTNERLINK_RETURN_IF_ERROR(grants::ValidateDeleteGrant(request));
  const TestCall call = RelationshipCall("DeleteGrant", principal);
  return grants::DeleteGrant(call.context, relationship_deps_, request);
}

absl::StatusOr<Grant> GrantTest::Request(const v1::RequestGrantApprovalRequest& request,
                                         const Principal& principal) {
  PARTNERLINK_RETURN_IF_ERROR(grants::ValidateRequestGrantApproval(request));
  const TestCall call = RelationshipCall("RequestGrantApproval", principal);
  return grants::RequestGrantApproval(call.context, relationship_deps_, request);
}

absl::StatusOr<Grant> GrantTest::Withdraw(const v1::WithdrawGrantRequest& request,
                                          const Principal& principal) {
  PARTNERLINK_RETURN_IF_ERROR(grants::ValidateWithdrawGrant(request));
  const TestCall call = RelationshipCall("WithdrawGrant", principal);
  return grants::WithdrawGrant(call.context, relationship_deps_, request);
}

absl::StatusOr<Grant> GrantTest::Approve(const v1::ApproveGrantRequest& request,
                                         const Principal& principal) {
  PARTNERLINK_RETURN_IF_ERROR(grants::ValidateApproveGrant(request));
  const TestCall call = RelationshipCall("ApproveGrant", principal);
  return grants::ApproveGrant(call.context, relationship_deps_, request);
}

absl::StatusOr<Grant> GrantTest::Decline(const v1::DeclineGrantRequest& request,
                                         const Principal& principal) {
  PARTNERLINK_RETURN_IF_ERROR(grants::ValidateDeclineGrant(request));
  const TestCall call = RelationshipCall("DeclineGrant", principal);
  return grants::DeclineGrant(call.context, relationship_deps_, request);
}

absl::StatusOr<Grant> GrantTest::Terminate(const v1::TerminateGrantRequest& request,
                                           const Principal& principal) {
  PARTNERLINK_RETURN_IF_ERROR(grants::ValidateTerminateGrant(request));
  const TestCall call = RelationshipCall("TerminateGrant", principal);
  return grants::TerminateGrant(call.context, relationship_deps_, request);
}

absl::StatusOr<Grant> GrantTest::DropRoles(const v1::DropGrantRolesRequest& request,
                                           const Principal& principal) {
  PARTNERLINK_RETURN_IF_ERROR(grants::ValidateDropGrantRoles(request));
  const TestCall call = RelationshipCall("DropGrantRoles", principal);
  return grants::DropGrantRoles(call.context, relationship_deps_, request);
}

absl::StatusOr<Grant> GrantTest::Get(const std::string& name, const Principal& principal) {
  const auto request = OfGrant<v1::GetGrantRequest>(name);
  PARTNERLINK_RETURN_IF_ERROR(grants::ValidateGetGrant(request));
  const TestCall call = RelationshipCall("GetGrant", principal);
  return grants::GetGrant(call.context, relationship_deps_, request);
}

absl::StatusOr<Grant> GrantTest::Request(const std::string& name) {
  return Request(OfGrant<v1::RequestGrantApprovalRequest>(name));
}

absl::StatusOr<Grant> GrantTest::Withdraw(const std::string& name) {
  return Withdraw(OfGrant<v1::WithdrawGrantRequest>(name));
}

absl::StatusOr<Grant> GrantTest::Approve(const std::string& name) {
  return Approve(OfGrant<v1::ApproveGrantRequest>(name));
}

absl::StatusOr<Grant> GrantTest::Decline(const std::string& name) {
  return Decline(OfGrant<v1::DeclineGrantRequest>(name));
}

absl::StatusOr<Grant> GrantTest::Terminate(const std::string& name) {
  return Terminate(OfGrant<v1::TerminateGrantRequest>(name));
}

std::vector<std::pair<Action, std::function<absl::Status(const std::string&)>>>
GrantTest::CallsOnGrants() {
  return {
      {Action::kUpdate,
       [this](const std::string& name) {
         v1::UpdateGrantRequest request;
         request.mutable_grant()->set_name(name);
         request.mutable_grant()->set_duration_days(30);
         return Edit(request).status();
       }},
      {Action::kRequest, [this](const std::string& name) { return Request(name).status(); }},
      {Action::kWithdraw, [this](const std::string& name) { return Withdraw(name).status(); }},
      {Action::kApprove, [this](const std::string& name) { return Approve(name).status(); }},
      {Action::kDecline, [this](const std::string& name) { return Decline(name).status(); }},
      {Action::kTerminate, [this](const std::string& name) { return Terminate(name).status(); }},
      {Action::kDropRoles,
       [this](const std::string& name) {
         auto request = OfGrant<v1::DropGrantRolesRequest>(name);
         request.add_roles("user_admin");
         return DropRoles(request).status();
       }},
      {Action::kDelete,
       [this](const std::string& name) {
         return Delete(OfGrant<v1::DeleteGrantRequest>(name)).status();
       }},
  };
}

std::string GrantTest::Drafted(const v1::CreateGrantRequest& request) {
  const auto drafted = Draft(request);
  EXPECT_TRUE(drafted.ok()) << drafted.status();
  return drafted.ok() ? drafted->name() : "";
}

std::string GrantTest::Pending(const v1::CreateGrantRequest& request) {
  const auto pending = Request(Drafted(request));
  EXPECT_TRUE(pending.ok()) << pending.status();
  return pending.ok() ? pending->name() : "";
}

std::string GrantTest::Active(const v1::CreateGrantRequest& request) {
  const auto active = Approve(Pending(request));
  EXPECT_TRUE(active.ok()) << active.status();
  return active.ok() ? active->name() : "";
}

std::vector<std::string> GrantTest::List(const Principal& reader, const std::string& parent,
                                         const std::string& filter) {
  v1::ListGrantsRequest request;
  request.set_parent(parent);
  request.set_filter(filter);
  const TestCall call = RelationshipCall("ListGrants", reader);
  const auto page = grants::ListGrants(call.context, relationship_deps_, request);
  EXPECT_TRUE(page.ok()) << page.status();
  std::vector<std::string> names;
  if (!page.ok()) return names;
  for (const Grant& grant : page->grants()) names.push_back(grant.name());
  return names;
}

std::vector<std::string> GrantTest::ListLeftBehind(const Principal& reader,
                                                   const std::string& parent) {
  v1::ListLeftBehindGrantsRequest request;
  request.set_parent(parent);
  const TestCall call = RelationshipCall("ListLeftBehindGrants", reader);
  const auto page = grants::ListLeftBehindGrants(call.context, relationship_deps_, request);
  EXPECT_TRUE(page.ok()) << page.status();
  std::vector<std::string> names;
  if (!page.ok()) return names;
  for (const Grant& grant : page->grants()) names.push_back(grant.name());
  return names;
}

void GrantTest::Force(const std::string& name, const std::string& set) {
  database_.Run(
      absl::StrCat("SET session_replication_role = replica; UPDATE relationship.grants SET ", set,
                   " WHERE id = '", IdOf(name), "'"));
}

std::vector<std::string> GrantTest::Published(const std::string& expression) {
  const Outcome outcome = database_.RunAs(
      "directory", kContoso,
      {absl::StrCat("SELECT ", expression, "::text FROM relationship.published_grants")});
  EXPECT_TRUE(outcome.ok()) << outcome.message;
  std::vector<std::string> values;
  for (const pqxx::row& row : outcome.rows) values.push_back(row[0].as<std::string>());
  return values;
}

std::string GrantTest::Stored(const std::string& name, const std::string& expression) {
  return database_.Value(absl::StrCat("SELECT ", expression,
                                      " FROM relationship.grants WHERE id = '", IdOf(name), "'"));
}

bool GrantTest::MayDo(const std::string& permission) {
  v1::CheckAccessRequest request;
  request.set_permission(permission);
  request.set_customer(kNorthwind);
  const TestCall call = RelationshipCall("CheckAccess", Anna());
  const auto answer = relationship::access::CheckAccess(call.context, relationship_deps_, request);
  EXPECT_TRUE(answer.ok()) << answer.status();
  return answer.ok() && answer->allowed();
}

void GrantTest::SweepDue() {
  const absl::Status swept = grants::SweepDue(relationship_work_);
  EXPECT_TRUE(swept.ok()) << swept;
}

void GrantTest::SweepReminders() {
  const absl::Status swept = grants::SweepReminders(relationship_work_);
  EXPECT_TRUE(swept.ok()) << swept;
}

}  // namespace partnerlink::support
