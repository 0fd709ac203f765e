// The RPCs on users. Validate… checks a request's shape only and reports all violations at once;
// the handlers run on a worker. Refusal reasons: see customer_directory_service.proto.
#pragma once

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"
#include "services/directory/deps.h"

namespace partnerlink::directory::users {

absl::Status ValidateCreateUser(const v1::CreateUserRequest& request);
absl::StatusOr<v1::User> CreateUser(const CallContext& context, const Deps& deps,
                                    const v1::CreateUserRequest& request);

absl::Status ValidateGetUser(const v1::GetUserRequest& request);
absl::StatusOr<v1::User> GetUser(const CallContext& context, const Deps& deps,
                                 const v1::GetUserRequest& request);

absl::Status ValidateListUsers(const v1::ListUsersRequest& request);
absl::StatusOr<v1::ListUsersResponse> ListUsers(const CallContext& context, const Deps& deps,
                                                const v1::ListUsersRequest& request);

absl::Status ValidateUpdateUser(const v1::UpdateUserRequest& request);
absl::StatusOr<v1::User> UpdateUser(const CallContext& context, const Deps& deps,
                                    const v1::UpdateUserRequest& request);

absl::Status ValidateDeleteUser(const v1::DeleteUserRequest& request);
absl::StatusOr<v1::User> DeleteUser(const CallContext& context, const Deps& deps,
                                    const v1::DeleteUserRequest& request);

absl::Status ValidateUndeleteUser(const v1::UndeleteUserRequest& request);
absl::StatusOr<v1::User> UndeleteUser(const CallContext& context, const Deps& deps,
                                      const v1::UndeleteUserRequest& request);

}  // namespace partnerlink::directory::users
