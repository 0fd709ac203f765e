#include "common/access/grant_terms.h"

#include <gtest/gtest.h>

#include <vector>

namespace partnerlink::access {
namespace {

bool AreSound(const std::vector<std::string>& roles, int32_t duration_days, int32_t auto_extend) {
  FieldViolations violations;
  CheckGrantTerms(Roles(roles.begin(), roles.end()), duration_days, auto_extend, "grant.",
                  violations);
  return violations.empty();
}

TEST(GrantTermsTest, FollowTheTable) {
  const struct {
    std::vector<std::string> roles;
    int32_t duration_days;
    int32_t auto_extend;
    bool sound;
  } table[] = {
      {{"user_admin"}, 0, 0, true},
      {{"user_admin"}, 1, 180, true},
      {{"global_admin", "user_admin"}, 730, 0, true},
      {{}, 730, 180, true},
      {{"user_admin"}, -1, 0, false},
      {{"user_admin"}, 731, 0, false},
      {{"user_admin"}, 30, 90, false},
      {{"user_admin"}, 30, -180, false},
      {{"global_admin"}, 30, 180, false},
      {{"owner"}, 30, 0, false},
      {{"user_admin", "user_admin"}, 30, 0, false},
      {{""}, 30, 0, false},
  };
  for (const auto& row : table) {
    EXPECT_EQ(AreSound(row.roles, row.duration_days, row.auto_extend), row.sound)
        << (row.roles.empty() ? "" : row.roles.front()) << row.duration_days << row.auto_extend;
  }
}

TEST(GrantTermsTest, TheDefaultIsTheCatalogueWithoutGlobalAdmin) {
  const Roles roles = DefaultGrantRoles();
  ASSERT_EQ(static_cast<size_t>(roles.size()) + 1, kGrantRoles.size());
  for (const std::string& role : roles) EXPECT_NE(role, kGlobalAdmin);
  EXPECT_TRUE(AreSound({roles.begin(), roles.end()}, 0, 180));
}

}  // namespace
}  // namespace partnerlink::access
