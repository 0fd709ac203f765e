#include "services/directory/users/rules.h"

#include <algorithm>
#include <array>
#include <set>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/request/field_mask.h"
#include "common/validation/email_address.h"
#include "common/validation/text.h"

namespace partnerlink::directory::users {
namespace {

using google::protobuf::FieldMask;
using v1::User;

constexpr std::string_view kBlocked = "blocked";
constexpr std::string_view kDisplayName = "display_name";
constexpr std::array<std::string_view, 6> kWritable = {
    "user_principal_name", "given_name", "family_name", kDisplayName, kBlocked, "roles"};
constexpr std::array<std::string_view, 2> kRoles = {"global_admin", "billing_admin"};
constexpr size_t kMostNameCharacters = 100;
constexpr size_t kMostDisplayNameCharacters = 200;

FieldMask Writable() {
  FieldMask paths;
  for (const std::string_view field : kWritable) paths.add_paths(std::string(field));
  return paths;
}

std::string_view NameOf(Action action) {
  switch (action) {
    case Action::kUpdate:
      return "update";
    case Action::kModifyLicenses:
      return "modify licenses";
    case Action::kDelete:
      return "delete";
    case Action::kRestore:
      return "restore";
  }
  return "";
}

std::string PrincipalNameProblem(const User& user) {
  return validation::NormaliseEmailAddress(user.user_principal_name())
             ? ""
             : "is not of the form name@domain";
}

std::string RolesProblem(const User& user) {
  std::set<std::string_view> seen;
  for (const std::string& role : user.roles()) {
    if (std::find(kRoles.begin(), kRoles.end(), role) == kRoles.end()) {
      return "may hold global_admin and billing_admin";
    }
    if (!seen.insert(role).second) return "hold a role twice";
  }
  return "";
}

std::string ProblemOf(const User& user, std::string_view field) {
  if (field == "user_principal_name") return PrincipalNameProblem(user);
  if (field == "given_name") {
    return validation::TextProblem(user.given_name(), 0, kMostNameCharacters);
  }
  if (field == "family_name") {
    return validation::TextProblem(user.family_name(), 0, kMostNameCharacters);
  }
  if (field == kDisplayName) {
    return validation::TextProblem(user.display_name(), 0, kMostDisplayNameCharacters);
  }
  return field == "roles" ? RolesProblem(user) : "";
}

bool Names(const FieldMask& paths, std::string_view field) {
  return std::find(paths.paths().begin(), paths.paths().end(), field) != paths.paths().end();
}

void NormalisePrincipalName(User& user) {
  user.set_user_principal_name(
      validation::NormaliseEmailAddress(user.user_principal_name()).value_or(""));
}

// At most so many characters of `text`, valid UTF-8.
std::string_view Beginning(std::string_view text, size_t most) {
  size_t end = 0;
  for (size_t characters = 0; end < text.size(); ++end) {
    const bool begins_one = (static_cast<unsigned char>(text[end]) & 0xC0) != 0x80;
    if (begins_one && characters++ == most) break;
  }
  return text.substr(0, end);
}

// A display name made of the others, where there is none.
void NameByTheOthers(User& user) {
  if (!user.display_name().empty()) return;
  std::string both = absl::StrCat(user.given_name(), " ", user.family_name());
  absl::StripAsciiWhitespace(&both);
  user.set_display_name(std::string(Beginning(both, kMostDisplayNameCharacters)));
}

}  // namespace

std::optional<User::State> After(Action action, User::State state) {
  if (action == Action::kRestore) {
    return state == User::DELETED ? std::optional(User::ACTIVE) : std::nullopt;
  }
  if (state != User::ACTIVE) return std::nullopt;
  return action == Action::kDelete ? User::DELETED : User::ACTIVE;
}

absl::Status CheckAction(Action action, User::State state) {
  if (After(action, state)) return absl::OkStatus();
  return StateTransition(NameOf(action), User::State_Name(state));
}

void CheckShape(const User& user, std::string_view path, FieldViolations& violations) {
  CheckShape(user, Writable(), path, violations);
}

void CheckShape(const User& user, const FieldMask& paths, std::string_view path,
                FieldViolations& violations) {
  for (const std::string& field : paths.paths()) {
    if (const std::string problem = ProblemOf(user, field); !problem.empty()) {
      violations.Add(absl::StrCat(std::string(path), field), problem);
    }
  }
}

User Normalise(const User& user) {
  User kept = user;
  NormalisePrincipalName(kept);
  NameByTheOthers(kept);
  return kept;
}

absl::StatusOr<FieldMask> UpdatePaths(const FieldMask& mask, const User& user) {
  return request::WritablePaths(mask, user, kWritable);
}

User Merge(const FieldMask& paths, const User& asked, const User& kept) {
  User merged = kept;
  request::WritePaths(paths, asked, merged);
  NormalisePrincipalName(merged);
  if (Names(paths, kDisplayName)) NameByTheOthers(merged);
  return merged;
}

const access::Permission& PermissionToUpdate(const FieldMask& paths, const User& asked) {
  const bool block_alone = !paths.paths().empty() &&
                           std::all_of(paths.paths().begin(), paths.paths().end(),
                                       [](const std::string& field) { return field == kBlocked; });
  return block_alone && !asked.blocked() ? access::UserUnblock() : access::UserManage();
}

absl::Status UserExists() {
  return Refusal(common::v1::USER_EXISTS,
                 "Another user of the customer has this user_principal_name.");
}

User LicensesOf(const User& user) {
  User left;
  left.set_name(user.name());
  *left.mutable_licenses() = user.licenses();
  left.set_state(user.state());
  left.set_etag(user.etag());
  return left;
}

}  // namespace partnerlink::directory::users
