// Grants without servers: contoso, its customer northwind, which it has a relationship with and no
// grant over, and what either does with one.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "google/protobuf/empty.pb.h"
#include "services/relationship/grants/rules.h"
#include "tests/component/relationship_fixture.h"

namespace partnerlink::support {

// The global administrator of northwind.
Principal Carl();

// A draft of contoso's for northwind: user_admin and license_admin, for 90 days.
relationship::v1::CreateGrantRequest DraftOf(const std::string& customer = kNorthwind);

// A request that names the grant.
template <typename Request>
Request OfGrant(const std::string& name) {
  Request request;
  request.set_name(name);
  return request;
}

class GrantTest : public RelationshipTest {
 protected:
  using Grant = relationship::v1::Grant;

  GrantTest();

  // Each with the shape's check included.
  absl::StatusOr<Grant> Draft(const relationship::v1::CreateGrantRequest& request,
                              const Principal& principal = Anna());
  absl::StatusOr<Grant> Get(const std::string& name, const Principal& principal = Anna());
  absl::StatusOr<Grant> Edit(const relationship::v1::UpdateGrantRequest& request,
                             const Principal& principal = Anna());
  absl::StatusOr<google::protobuf::Empty> Delete(
      const relationship::v1::DeleteGrantRequest& request, const Principal& principal = Anna());
  absl::StatusOr<Grant> Request(const relationship::v1::RequestGrantApprovalRequest& request,
                                const Principal& principal = Anna());
  absl::StatusOr<Grant> Withdraw(const relationship::v1::WithdrawGrantRequest& request,
                                 const Principal& principal = Anna());
  absl::StatusOr<Grant> Approve(const relationship::v1::ApproveGrantRequest& request,
                                const Principal& principal = Carl());
  absl::StatusOr<Grant> Decline(const relationship::v1::DeclineGrantRequest& request,
                                const Principal& principal = Carl());
  absl::StatusOr<Grant> Terminate(const relationship::v1::TerminateGrantRequest& request,
                                  const Principal& principal = Carl());
  absl::StatusOr<Grant> DropRoles(const relationship::v1::DropGrantRolesRequest& request,
                                  const Principal& principal = Carl());

  // The same by the grant's name alone.
  absl::StatusOr<Grant> Request(const std::string& name);
  absl::StatusOr<Grant> Withdraw(const std::string& name);
  absl::StatusOr<Grant> Approve(const std::string& name);
  absl::StatusOr<Grant> Decline(const std::string& name);
  absl::StatusOr<Grant> Terminate(const std::string& name);

  // What is called on a grant, as whoever may, by its action.
  std::vector<
      std::pair<relationship::grants::Action, std::function<absl::Status(const std::string&)>>>
  CallsOnGrants();

  // The names of new grants in these states; the test fails if they cannot be made.
  std::string Drafted(const relationship::v1::CreateGrantRequest& request = DraftOf());
  std::string Pending(const relationship::v1::CreateGrantRequest& request = DraftOf());
  std::string Active(const relationship::v1::CreateGrantRequest& request = DraftOf());

  // The names that a list of this parent shows, in order.
  std::vector<std::string> List(const Principal& reader, const std::string& parent,
                                const std::string& filter = "");
  std::vector<std::string> ListLeftBehind(const Principal& reader, const std::string& parent);

  // Sets columns of the row past every rule: `set` such as `end_time = now()`.
  void Force(const std::string& name, const std::string& set);
  // One value of the row, as text.
  std::string Stored(const std::string& name, const std::string& expression);

  // The same of each of contoso's grants in force, as the other services read them.
  std::vector<std::string> Published(const std::string& expression);

  // Whether contoso may do this with northwind, by CheckAccess.
  bool MayDo(const std::string& permission);

  // Once each.
  void SweepDue();
  void SweepReminders();

  std::string relationship_;
};

}  // namespace partnerlink::support
