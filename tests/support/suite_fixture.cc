#include "tests/support/suite_fixture.h"

#include "absl/strings/str_cat.h"
#include "common/status/status.h"
#include "services/directory/customers/handlers.h"
#include "services/invitation/invitations/handlers.h"
#include "services/relationship/relationships/handlers.h"

namespace partnerlink::support {

SuiteTest::SuiteTest()
    : relationship_pool_("relationship", database_.Conninfo("relationship"), 4),
      relationship_work_("relationship_worker", database_.Conninfo("relationship_worker"), 8),
      directory_pool_("directory", database_.Conninfo("directory"), 4),
      directory_work_("directory_worker", database_.Conninfo("directory_worker"), 8),
      relationship_deps_{relationship_pool_, relationship_work_, page_tokens_, regions_},
      directory_deps_{directory_pool_, directory_work_, page_tokens_, regions_} {}

absl::StatusOr<relationship::v1::EstablishRelationshipsResponse> SuiteTest::Establish(
    const relationship::v1::EstablishRelationshipsRequest& request) {
  PARTNERLINK_RETURN_IF_ERROR(relationship::relationships::ValidateEstablishRelationships(request));
  const TestCall call("partnerlink.relationship.v1.RelationshipService/EstablishRelationships",
                      Principal(), "invitation");
  return relationship::relationships::EstablishRelationships(call.context, relationship_deps_,
                                                             request);
}

absl::StatusOr<directory::v1::ApplyRelationshipsResponse> SuiteTest::Apply(
    const directory::v1::ApplyRelationshipsRequest& request) {
  PARTNERLINK_RETURN_IF_ERROR(directory::customers::ValidateApplyRelationships(request));
  const TestCall call("partnerlink.directory.v1.CustomerDirectoryService/ApplyRelationships",
                      Principal(), "relationship");
  return directory::customers::ApplyRelationships(call.context, directory_deps_, request);
}

absl::StatusOr<invitation::v1::ApplyPartnershipsResponse> SuiteTest::ApplyPartnerships(
    const invitation::v1::ApplyPartnershipsRequest& request) {
  PARTNERLINK_RETURN_IF_ERROR(invitation::invitations::ValidateApplyPartnerships(request));
  const TestCall call("partnerlink.invitation.v1.InvitationService/ApplyPartnerships", Principal(),
                      "relationship");
  return invitation::invitations::ApplyPartnerships(call.context, deps_, request);
}

std::vector<std::string> SuiteTest::ListOf(const std::string& partner) {
  directory::v1::ListCustomersRequest request;
  request.set_parent(partner);
  const TestCall call("partnerlink.directory.v1.CustomerDirectoryService/ListCustomers",
                      PrincipalOf(partner, {"admin_agent"}));
  const auto page = directory::customers::ListCustomers(call.context, directory_deps_, request);
  EXPECT_TRUE(page.ok()) << page.status();
  std::vector<std::string> names;
  if (!page.ok()) return names;
  for (const auto& customer : page->customers()) names.push_back(customer.name());
  return names;
}

std::vector<std::string> SuiteTest::RebuiltListOf(const std::string& partner) {
  std::vector<std::string> names;
  for (const pqxx::row& row :
       database_.Run(absl::StrCat("SELECT DISTINCT customer FROM relationship.relationships"
                                  " WHERE state <> 'ENDED' AND partner = '",
                                  partner, "' ORDER BY customer"))) {
    names.push_back(row[0].as<std::string>());
  }
  return names;
}

}  // namespace partnerlink::support
