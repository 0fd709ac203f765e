// Users, licences and services of `customers/northwind`, which `partners/contoso` serves as a
// reseller with a grant of the default roles.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "tests/support/order_fixture.h"

namespace partnerlink::support {

class UserTest : public OrderTest {
 protected:
  UserTest();

  // The directory's own row of a customer.
  void Know(const std::string& customer);
  // In place of the grant there is, one with these roles; none if they are empty.
  void HoldGrant(const std::string& roles);

  absl::StatusOr<directory::v1::User> CreateUser(const Principal& caller,
                                                 const directory::v1::CreateUserRequest& request);
  absl::StatusOr<directory::v1::User> GetUser(const Principal& caller, const std::string& name);
  absl::StatusOr<directory::v1::ListUsersResponse> ListUsers(
      const Principal& caller, const directory::v1::ListUsersRequest& request);
  absl::StatusOr<directory::v1::User> UpdateUser(const Principal& caller,
                                                 const directory::v1::UpdateUserRequest& request);
  absl::StatusOr<directory::v1::User> DeleteUser(const Principal& caller, const std::string& name,
                                                 const std::string& etag = "");
  absl::StatusOr<directory::v1::User> UndeleteUser(const Principal& caller, const std::string& name,
                                                   const std::string& etag = "");
  absl::StatusOr<directory::v1::User> ModifyLicenses(
      const Principal& caller, const directory::v1::ModifyLicensesRequest& request);
  absl::StatusOr<directory::v1::User> ModifyLicenses(const std::string& user,
                                                     const std::vector<std::string>& assign,
                                                     const std::vector<std::string>& remove = {});
  absl::StatusOr<directory::v1::ListLicenseCountsResponse> ListLicenseCounts(
      const Principal& caller, const directory::v1::ListLicenseCountsRequest& request);
  absl::StatusOr<directory::v1::ListManagedServicesResponse> ListManagedServices(
      const Principal& caller, const directory::v1::ListManagedServicesRequest& request);

  // A new user of northwind's by its name; the test fails if it is refused.
  std::string Made(const std::string& local_part);

  // `total/assigned` of each of northwind's subscriptions, oldest first, as they are listed.
  std::string Counted();
  // What is wrong with the seats of all customers, in words; empty if nothing is.
  std::string FaultsOfSeats();

  const Principal anna_ = PrincipalOf(kContoso, {"admin_agent"});
  const Principal carl_ = Administrator(kNorthwind);
  std::string relationship_;  // contoso's
};

// A creation of a user of northwind's.
directory::v1::CreateUserRequest CreationOf(const std::string& local_part);

// An update of these fields, `user` as they are to be.
directory::v1::UpdateUserRequest UpdateOf(const std::string& name,
                                          const std::vector<std::string>& fields,
                                          const directory::v1::User& user = {});

directory::v1::ModifyLicensesRequest ModificationOf(const std::string& user,
                                                    const std::vector<std::string>& assign,
                                                    const std::vector<std::string>& remove = {});

}  // namespace partnerlink::support
