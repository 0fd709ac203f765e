// All three services without servers, on one database of the test's own.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "common/postgres/pool.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"
#include "services/directory/deps.h"
#include "services/relationship/deps.h"
#include "tests/support/invitation_fixture.h"

namespace partnerlink::support {

inline constexpr char kNorthwind[] = "customers/northwind";

class SuiteTest : public InvitationTest {
 protected:
  SuiteTest();

  // As the peers call them, the shape's check included.
  absl::StatusOr<relationship::v1::EstablishRelationshipsResponse> Establish(
      const relationship::v1::EstablishRelationshipsRequest& request);
  absl::StatusOr<directory::v1::ApplyRelationshipsResponse> Apply(
      const directory::v1::ApplyRelationshipsRequest& request);
  absl::StatusOr<invitation::v1::ApplyPartnershipsResponse> ApplyPartnerships(
      const invitation::v1::ApplyPartnershipsRequest& request);

  // The names on the partner's list of customers.
  std::vector<std::string> ListOf(const std::string& partner);
  // The list made anew from the relationships that are not ended.
  std::vector<std::string> RebuiltListOf(const std::string& partner);

  postgres::Pool relationship_pool_;
  postgres::Pool relationship_work_;
  postgres::Pool directory_pool_;
  postgres::Pool directory_work_;
  const relationship::Deps relationship_deps_;
  const directory::Deps directory_deps_;
};

}  // namespace partnerlink::support
