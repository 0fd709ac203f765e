#include "common/access/grant_terms.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"

namespace partnerlink::access {
namespace {

constexpr int kAutoExtendDays = 180;

std::string Catalogue() {
  std::string names;
  for (const std::string_view role : kGrantRoles) {
    absl::StrAppend(&names, names.empty() ? "" : ", ", std::string(role));
  }
  return names;
}

std::string RolesProblem(const Roles& roles) {
  std::set<std::string> seen;
  for (const std::string& role : roles) {
    if (std::find(kGrantRoles.begin(), kGrantRoles.end(), role) == kGrantRoles.end()) {
      return absl::StrCat("must be of ", Catalogue());
    }
    if (!seen.insert(role).second) return "names a role twice";
  }
  return "";
}

}  // namespace

void CheckGrantTerms(const Roles& roles, int32_t duration_days, int32_t auto_extend,
                     std::string_view path, FieldViolations& violations) {
  const auto add = [&](const char* field, const std::string& problem) {
    violations.Add(absl::StrCat(std::string(path), field), problem);
  };
  if (const std::string problem = RolesProblem(roles); !problem.empty()) add("roles", problem);
  if (duration_days < 0 || duration_days > kMostGrantDays) {
    add("duration_days", "must be 1 to 730, or 0 for 730");
  }
  if (auto_extend != 0 && auto_extend != kAutoExtendDays) {
    add("auto_extend", "must be 0 or 180");
  } else if (auto_extend != 0 &&
             std::find(roles.begin(), roles.end(), kGlobalAdmin) != roles.end()) {
    add("auto_extend", "must be 0 with global_admin");
  }
}

Roles DefaultGrantRoles() {
  Roles roles;
  for (const std::string_view role : kDefaultGrantRoles) *roles.Add() = std::string(role);
  return roles;
}

}  // namespace partnerlink::access
