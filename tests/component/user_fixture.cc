#include "tests/component/user_fixture.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"
#include "common/status/status.h"
#include "services/directory/licenses/handlers.h"
#include "services/directory/users/handlers.h"

namespace partnerlink::support {
namespace {

using namespace directory;  // NOLINT: the service under test

constexpr char kDefaultRoles[] =
    "user_admin,license_admin,service_admin,subscription_admin,directory_reader";

// As the adapter makes a call: the shape first.
template <typename Request, typename Response>
absl::StatusOr<Response> Call(const std::string& rpc, const Principal& caller, const Deps& deps,
                              const Request& request, absl::Status (*validate)(const Request&),
                              absl::StatusOr<Response> (*handle)(const CallContext&, const Deps&,
                                                                 const Request&)) {
  PARTNERLINK_RETURN_IF_ERROR(validate(request));
  const TestCall call("partnerlink.directory.v1.CustomerDirectoryService/" + rpc, caller);
  return handle(call.context, deps, request);
}

}  // namespace

UserTest::UserTest() {
  Know(kNorthwind);
  relationship_ = Relate(kContoso, kNorthwind);
  HoldGrant(kDefaultRoles);
}

void UserTest::Know(const std::string& customer) {
  database_.Run(absl::Substitute(
      "INSERT INTO directory.customers (name, display_name, country) VALUES ('$0', 'X', 'PL')",
      customer));
}

void UserTest::HoldGrant(const std::string& roles) {
  database_.Run("UPDATE relationship.grants SET state = 'TERMINATED' WHERE state = 'ACTIVE'");
  if (!roles.empty()) Grant(kContoso, kNorthwind, roles);
}

absl::StatusOr<v1::User> UserTest::CreateUser(const Principal& caller,
                                              const v1::CreateUserRequest& request) {
  return Call("CreateUser", caller, order_deps_, request, users::ValidateCreateUser,
              users::CreateUser);
}

absl::StatusOr<v1::User> UserTest::GetUser(const Principal& caller, const std::string& name) {
  v1::GetUserRequest request;
  request.set_name(name);
  return Call("GetUser", caller, order_deps_, request, users::ValidateGetUser, users::GetUser);
}

absl::StatusOr<v1::ListUsersResponse> UserTest::ListUsers(const Principal& caller,
                                                          const v1::ListUsersRequest& request) {
  return Call("ListUsers", caller, order_deps_, request, users::ValidateListUsers,
              users::ListUsers);
}

absl::StatusOr<v1::User> UserTest::UpdateUser(const Principal& caller,
                                              const v1::UpdateUserRequest& request) {
  return Call("UpdateUser", caller, order_deps_, request, users::ValidateUpdateUser,
              users::UpdateUser);
}

absl::StatusOr<v1::User> UserTest::DeleteUser(const Principal& caller, const std::string& name,
                                              const std::string& etag) {
  v1::DeleteUserRequest request;
  request.set_name(name);
  request.set_etag(etag);
  return Call("DeleteUser", caller, order_deps_, request, users::ValidateDeleteUser,
              users::DeleteUser);
}

absl::StatusOr<v1::User> UserTest::UndeleteUser(const Principal& caller, const std::string& name,
                                                const std::string& etag) {
  v1::UndeleteUserRequest request;
  request.set_name(name);
  request.set_etag(etag);
  return Call("UndeleteUser", caller, order_deps_, request, users::ValidateUndeleteUser,
              users::UndeleteUser);
}

absl::StatusOr<v1::User> UserTest::ModifyLicenses(const Principal& caller,
                                                  const v1::ModifyLicensesRequest& request) {
  return Call("ModifyLicenses", caller, order_deps_, request, licenses::ValidateModifyLicenses,
              licenses::ModifyLicenses);
}

absl::StatusOr<v1::User> UserTest::ModifyLicenses(const std::string& user,
                                                  const std::vector<std::string>& assign,
                                                  const std::vector<std::string>& remove) {
  return ModifyLicenses(anna_, ModificationOf(user, assign, remove));
}

absl::StatusOr<v1::ListLicenseCountsResponse> UserTest::ListLicenseCounts(
    const Principal& caller, const v1::ListLicenseCountsRequest& request) {
  return Call("ListLicenseCounts", caller, order_deps_, request,
              licenses::ValidateListLicenseCounts, licenses::ListLicenseCounts);
}

absl::StatusOr<v1::ListManagedServicesResponse> UserTest::ListManagedServices(
    const Principal& caller, const v1::ListManagedServicesRequest& request) {
  return Call("ListManagedServices", caller, order_deps_, request,
              licenses::ValidateListManagedServices, licenses::ListManagedServices);
}

std::string UserTest::Made(const std::string& local_part) {
  const auto user = CreateUser(carl_, CreationOf(local_part));
  EXPECT_TRUE(user.ok()) << user.status();
  return user.ok() ? user->name() : "";
}

std::string UserTest::Counted() {
  v1::ListLicenseCountsRequest request;
  request.set_parent(kNorthwind);
  const auto counts = ListLicenseCounts(carl_, request);
  if (!counts.ok()) return counts.status().ToString();
  return absl::StrJoin(counts->license_counts(), " ",
                       [](std::string* out, const v1::LicenseCount& count) {
                         EXPECT_EQ(count.available(), count.total() - count.assigned());
                         absl::StrAppend(out, count.total(), "/", count.assigned());
                       });
}

std::string UserTest::FaultsOfSeats() {
  return database_.Value(R"sql(
      SELECT concat_ws(', ',
        CASE WHEN bool_or(held.number > s.quantity) THEN 'over-assigned' END,
        CASE WHEN bool_or(held.number <> s.assigned) THEN 'miscounted' END)
      FROM directory.subscriptions s
      CROSS JOIN LATERAL (
        SELECT count(*) AS number FROM directory.license_assignments a
        WHERE a.customer = s.customer AND a.subscription = s.id) AS held)sql");
}

v1::CreateUserRequest CreationOf(const std::string& local_part) {
  v1::CreateUserRequest request;
  request.set_parent(kNorthwind);
  request.mutable_user()->set_user_principal_name(absl::StrCat(local_part, "@northwind.example"));
  request.mutable_user()->set_given_name(local_part);
  return request;
}

v1::UpdateUserRequest UpdateOf(const std::string& name, const std::vector<std::string>& fields,
                               const v1::User& user) {
  v1::UpdateUserRequest request;
  *request.mutable_user() = user;
  request.mutable_user()->set_name(name);
  for (const std::string& field : fields) request.mutable_update_mask()->add_paths(field);
  return request;
}

v1::ModifyLicensesRequest ModificationOf(const std::string& user,
                                         const std::vector<std::string>& assign,
                                         const std::vector<std::string>& remove) {
  v1::ModifyLicensesRequest request;
  request.set_name(user);
  for (const std::string& subscription : assign) request.add_assign(subscription);
  for (const std::string& subscription : remove) request.add_remove(subscription);
  return request;
}

}  // namespace partnerlink::support
