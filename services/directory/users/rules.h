// What a user may be, and what may be done with it. Pure functions, and the one place of this room
// that names a refusal.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/access/permission.h"
#include "common/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "partnerlink/directory/v1/user.pb.h"

namespace partnerlink::directory::users {

inline constexpr char kNameProblem[] = "is not of the form customers/{id}/users/{uuid}";

// How long a deleted user can be restored.
inline constexpr int kDaysUntilPurged = 30;

// What is done with a user that is there.
enum class Action { kUpdate, kModifyLicenses, kDelete, kRestore };

// The state after the action; none if the action is not for this state.
std::optional<v1::User::State> After(Action action, v1::User::State state);

// OK, or STATE_TRANSITION naming the action and the state.
absl::Status CheckAction(Action action, v1::User::State state);

// Adds what breaks the documented shape of what a caller writes, each field's name behind `path`,
// such as `user.`.
void CheckShape(const v1::User& user, std::string_view path, FieldViolations& violations);

// The same, of these fields only.
void CheckShape(const v1::User& user, const google::protobuf::FieldMask& paths,
                std::string_view path, FieldViolations& violations);

// A new user as it is kept: its principal name in normal form, a display name made of the others
// where it has none.
v1::User Normalise(const v1::User& user);

// The fields that an update writes: those of the mask, all for `*`, the populated ones without a
// mask. FIELD_INVALID naming a path that cannot be written.
absl::StatusOr<google::protobuf::FieldMask> UpdatePaths(const google::protobuf::FieldMask& mask,
                                                        const v1::User& user);

// `kept` with those fields as in `asked`, as it is to be kept: a display name that is emptied is
// made of the others.
v1::User Merge(const google::protobuf::FieldMask& paths, const v1::User& asked,
               const v1::User& kept);

// What such an update needs: less if it only resets the user's block.
const access::Permission& PermissionToUpdate(const google::protobuf::FieldMask& paths,
                                             const v1::User& asked);

// USER_EXISTS.
absl::Status UserExists();

// What is left of a user for somebody who may change its licences, but not view it.
v1::User LicensesOf(const v1::User& user);

}  // namespace partnerlink::directory::users
