#include "services/directory/licenses/rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/str_cat.h"
#include "common/request/request.h"

namespace partnerlink::directory::licenses {
namespace {

using google::protobuf::RepeatedPtrField;
using v1::Subscription;

std::string IdOf(const std::string& name) { return name.substr(name.rfind('/') + 1); }

std::string Path(const char* field, int place) { return absl::StrCat(field, "[", place, "]"); }

void CheckNames(const RepeatedPtrField<std::string>& names, const char* field,
                std::set<std::string_view>& seen, FieldViolations& violations) {
  if (names.size() > kMostLicenses) {
    violations.Add(field, "are more than 100");
    return;
  }
  for (int i = 0; i < names.size(); ++i) {
    if (!request::ParseChildName(names[i], "customers", "subscriptions")) {
      violations.Add(Path(field, i), "is not of the form customers/{id}/subscriptions/{uuid}");
    } else if (!seen.insert(names[i]).second) {
      violations.Add(Path(field, i), "is named twice");
    }
  }
}

const Seats* Find(const std::vector<Seats>& seats, const std::string& name) {
  const auto found = std::find_if(seats.begin(), seats.end(),
                                  [&](const Seats& each) { return each.subscription == name; });
  return found == seats.end() ? nullptr : &*found;
}

void CheckKnown(const RepeatedPtrField<std::string>& names, const char* field,
                const std::vector<Seats>& seats, FieldViolations& violations) {
  for (int i = 0; i < names.size(); ++i) {
    if (Find(seats, names[i]) == nullptr) {
      violations.Add(Path(field, i), "is no subscription of the customer");
    }
  }
}

}  // namespace

void CheckShape(const v1::ModifyLicensesRequest& request, FieldViolations& violations) {
  std::set<std::string_view> seen;
  CheckNames(request.assign(), "assign", seen, violations);
  CheckNames(request.remove(), "remove", seen, violations);
  if (request.assign().empty() && request.remove().empty()) {
    violations.Add("assign", "is empty, and so is remove");
  }
}

std::vector<std::string> Named(const v1::ModifyLicensesRequest& request) {
  std::vector<std::string> ids;
  for (const auto* names : {&request.assign(), &request.remove()}) {
    for (const std::string& name : *names) ids.push_back(IdOf(name));
  }
  return ids;
}

absl::StatusOr<Moves> MovesFor(const v1::ModifyLicensesRequest& request,
                               const std::vector<Seats>& seats) {
  FieldViolations violations;
  CheckKnown(request.assign(), "assign", seats, violations);
  CheckKnown(request.remove(), "remove", seats, violations);
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  Moves moves;
  std::vector<std::string> exhausted;
  for (const std::string& name : request.assign()) {
    const Seats& each = *Find(seats, name);
    if (each.is_users) continue;
    if (each.state != Subscription::ACTIVE) {
      return StateTransition("assign", Subscription::State_Name(each.state));
    }
    if (each.assigned >= each.total) exhausted.push_back(name);
    moves.given.push_back(IdOf(name));
  }
  if (!exhausted.empty()) {
    return Blocked(common::v1::LICENSES_EXHAUSTED, "No seat is free.", exhausted);
  }
  for (const std::string& name : request.remove()) {
    if (Find(seats, name)->is_users) moves.taken.push_back(IdOf(name));
  }
  return moves;
}

}  // namespace partnerlink::directory::licenses
