#include "services/directory/users/rules.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "common/validation/email_address.h"
#include "common/validation/text.h"

namespace partnerlink::directory::users {

void CheckShape(const v1::User& user, std::string_view path, FieldViolations& violations) {
  const auto check = [&](const char* field, const std::string& problem) {
    if (!problem.empty()) violations.Add(absl::StrCat(std::string(path), field), problem);
  };
  if (!validation::NormaliseEmailAddress(user.user_principal_name())) {
    check("user_principal_name", "is not of the form name@domain");
  }
  check("given_name", validation::TextProblem(user.given_name(), 0, 100));
  check("family_name", validation::TextProblem(user.family_name(), 0, 100));
  check("display_name", validation::TextProblem(user.display_name(), 0, 200));
}

v1::User Normalise(const v1::User& user) {
  v1::User kept = user;
  kept.set_user_principal_name(
      validation::NormaliseEmailAddress(user.user_principal_name()).value_or(""));
  if (kept.display_name().empty()) {
    const std::string both = absl::StrCat(user.given_name(), " ", user.family_name());
    kept.set_display_name(std::string(absl::StripAsciiWhitespace(both)));
  }
  return kept;
}

}  // namespace partnerlink::directory::users
