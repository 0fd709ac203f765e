#include "services/directory/users/rules.h"

#include <gtest/gtest.h>

#include <string>

namespace partnerlink::directory::users {
namespace {

v1::User Ann() {
  v1::User user;
  user.set_user_principal_name("ann@acme.example");
  user.set_given_name("Ann");
  user.set_family_name("Żak");
  return user;
}

TEST(CheckShapeTest, EveryFieldIsChecked) {
  FieldViolations none;
  CheckShape(Ann(), "initial_admin.", none);
  EXPECT_TRUE(none.empty());
  using Spoil = void (*)(v1::User&);
  const std::pair<const char*, Spoil> table[] = {
      {"user_principal_name", [](v1::User& u) { u.clear_user_principal_name(); }},
      {"user_principal_name", [](v1::User& u) { u.set_user_principal_name("ann"); }},
      {"user_principal_name", [](v1::User& u) { u.set_user_principal_name("a\n@acme.example"); }},
      {"given_name", [](v1::User& u) { u.set_given_name(std::string(101, 'x')); }},
      {"family_name", [](v1::User& u) { u.set_family_name("a\tb"); }},
      {"display_name", [](v1::User& u) { u.set_display_name(std::string(201, 'x')); }},
  };
  for (const auto& [field, spoil] : table) {
    v1::User user = Ann();
    spoil(user);
    FieldViolations violations;
    CheckShape(user, "initial_admin.", violations);
    EXPECT_EQ(violations.ToStatus().message().find(std::string("initial_admin.") + field), 0u)
        << field;
  }
}

TEST(NormaliseTest, AUserHasADisplayNameAndOneFormOfItsPrincipalName) {
  v1::User user = Ann();
  user.set_user_principal_name("ann@ACME.example");
  EXPECT_EQ(Normalise(user).user_principal_name(), "ann@acme.example");
  EXPECT_EQ(Normalise(user).display_name(), "Ann Żak");
  user.clear_family_name();
  EXPECT_EQ(Normalise(user).display_name(), "Ann");
  user.set_display_name("Dr. Ann");
  EXPECT_EQ(Normalise(user).display_name(), "Dr. Ann");
}

}  // namespace
}  // namespace partnerlink::directory::users
