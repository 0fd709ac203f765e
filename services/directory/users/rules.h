// What a user may be. Pure functions, and the one place of this room that names a refusal.
#pragma once

#include <string_view>

#include "common/status/status.h"
#include "partnerlink/directory/v1/user.pb.h"

namespace partnerlink::directory::users {

// Adds what breaks the documented shape, each field's name behind `path`, such as `user.`.
void CheckShape(const v1::User& user, std::string_view path, FieldViolations& violations);

// The user as it is kept: its principal name in normal form, a display name made of the others
// where it has none.
v1::User Normalise(const v1::User& user);

}  // namespace partnerlink::directory::users
