#include "services/relationship/grants/rules.h"

#include <algorithm>
#include <array>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace partnerlink::relationship::grants {
namespace {

using Terms = v1::EstablishRelationshipsRequest::GrantTerms;

constexpr int kMostDays = 730;
constexpr int kAutoExtendDays = 180;
constexpr char kGlobalAdmin[] = "global_admin";
constexpr std::array<const char*, 6> kCatalogue = {"user_admin",       "license_admin",
                                                   "service_admin",    "subscription_admin",
                                                   "directory_reader", kGlobalAdmin};

std::string RolesProblem(const Terms& terms) {
  if (terms.roles().empty()) return "must name at least one role";
  std::set<std::string> seen;
  for (const std::string& role : terms.roles()) {
    if (std::find(kCatalogue.begin(), kCatalogue.end(), role) == kCatalogue.end()) {
      return absl::StrCat("must be of ", absl::StrJoin(kCatalogue, ", "));
    }
    if (!seen.insert(role).second) return "names a role twice";
  }
  return "";
}

}  // namespace

absl::Status CheckReader(const Principal& reader, const v1::Grant& grant) {
  const bool is_party = reader.account == grant.partner() || reader.account == grant.customer();
  return is_party || reader.IsOperator() ? absl::OkStatus() : NotFound();
}

void CheckTerms(const Terms& terms, const std::string& path, FieldViolations& violations) {
  if (const std::string problem = RolesProblem(terms); !problem.empty()) {
    violations.Add(path + ".roles", problem);
  }
  if (terms.duration_days() < 0 || terms.duration_days() > kMostDays) {
    violations.Add(path + ".duration_days", "must be 1 to 730, or 0 for 730");
  }
  const auto& roles = terms.roles();
  if (terms.auto_extend() != 0 && terms.auto_extend() != kAutoExtendDays) {
    violations.Add(path + ".auto_extend", "must be 0 or 180");
  } else if (terms.auto_extend() != 0 &&
             std::find(roles.begin(), roles.end(), kGlobalAdmin) != roles.end()) {
    violations.Add(path + ".auto_extend", "must be 0 with global_admin");
  }
}

v1::Grant ToCreate(const Terms& terms, const std::string& customer, const std::string& invitation) {
  v1::Grant grant;
  grant.set_partner(terms.partner());
  grant.set_customer(customer);
  *grant.mutable_roles() = terms.roles();
  grant.set_state(v1::Grant::ACTIVE);
  grant.set_duration_days(terms.duration_days() == 0 ? kMostDays : terms.duration_days());
  grant.set_auto_extend(terms.auto_extend());
  grant.set_invitation(invitation);
  return grant;
}

}  // namespace partnerlink::relationship::grants
