// The steps that are about grants.
#include "common/status/status.h"
#include "services/relationship/grants/handlers.h"
#include "tests/component/access_histories.h"

namespace partnerlink::access_model {

using namespace relationship;  // NOLINT: the service under test
using support::RelationshipCall;

namespace {

const std::vector<std::string> kRolesAskedFor = {"user_admin", "license_admin",
                                                 "subscription_admin", "directory_reader"};

}  // namespace

void AccessHistoriesTest::DraftGrant() {
  v1::CreateGrantRequest request;
  request.set_parent(partner().name);
  request.mutable_grant()->set_display_name("Care");
  request.mutable_grant()->set_customer(customer());
  const std::vector<std::string> roles = chance_.SomeOf(kRolesAskedFor);
  *request.mutable_grant()->mutable_roles() = {roles.begin(), roles.end()};
  const support::TestCall call = RelationshipCall("CreateGrant", Agent());
  const auto drafted = grants::CreateGrant(call.context, relationship_deps_, request);
  if (!Done("CreateGrant", drafted.status(), HasActiveEdge() && partner().state == "ACTIVE")) {
    return;
  }
  holdings().grants.push_back({drafted->name(), "CREATED", false, false, roles});
}

void AccessHistoriesTest::AskForGrant(Grant& grant) {
  const absl::Status asked = Ask<v1::RequestGrantApprovalRequest>(
      "RequestGrantApproval", grants::RequestGrantApproval, grant.name, Agent());
  const bool may = partner().state == "ACTIVE" && HasActiveEdge();
  if (Done("RequestGrantApproval", asked, may && grant.state == "CREATED")) {
    grant.state = "APPROVAL_PENDING";
  }
}

// By the customer, or the partner takes its request back.
void AccessHistoriesTest::AnswerGrant(Grant& grant) {
  const bool acts = partner().state == "ACTIVE";
  const bool is_pending = grant.state == "APPROVAL_PENDING";
  if (chance_.Percent(50)) {
    const absl::Status approved = Ask<v1::ApproveGrantRequest>("ApproveGrant", grants::ApproveGrant,
                                                               grant.name, Administrator());
    if (Done("ApproveGrant", approved, acts && is_pending && HasActiveEdge())) {
      grant.state = "ACTIVE";
    }
  } else if (chance_.Percent(50)) {
    const absl::Status declined = Ask<v1::DeclineGrantRequest>("DeclineGrant", grants::DeclineGrant,
                                                               grant.name, Administrator());
    if (Done("DeclineGrant", declined, is_pending)) grant.state = "DECLINED";
  } else {
    const absl::Status withdrawn =
        Ask<v1::WithdrawGrantRequest>("WithdrawGrant", grants::WithdrawGrant, grant.name, Agent());
    if (Done("WithdrawGrant", withdrawn, acts && is_pending)) grant.state = "WITHDRAWN";
  }
}

void AccessHistoriesTest::EndGrant(Grant& grant) {
  const bool by_partner = chance_.Percent(50);
  const absl::Status ended = Ask<v1::TerminateGrantRequest>(
      "TerminateGrant", grants::TerminateGrant, grant.name, by_partner ? Agent() : Administrator());
  const bool may = !by_partner || partner().state == "ACTIVE";
  if (Done("TerminateGrant", ended, may && grant.state == "ACTIVE")) grant.state = "TERMINATED";
}

void AccessHistoriesTest::DropRole(Grant& grant) {
  v1::DropGrantRolesRequest request;
  request.set_name(grant.name);
  request.add_roles(chance_.OneOf(grant.roles));
  const support::TestCall call = RelationshipCall("DropGrantRoles", Administrator());
  const absl::Status dropped =
      grants::DropGrantRoles(call.context, relationship_deps_, request).status();
  if (!Done("DropGrantRoles", dropped, grant.state == "ACTIVE")) return;
  if (grant.roles.size() == 1) {
    grant.state = "TERMINATED";
  } else {
    std::erase(grant.roles, request.roles(0));
  }
}

}  // namespace partnerlink::access_model
