#include "services/relationship/grants/rules.h"

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "common/access/grant_terms.h"
#include "common/request/field_mask.h"
#include "common/request/request.h"
#include "common/validation/text.h"

namespace partnerlink::relationship::grants {
namespace {

using google::protobuf::FieldMask;
using partnerlink::access::Roles;
using v1::Grant;
using Terms = v1::EstablishRelationshipsRequest::GrantTerms;

constexpr size_t kMostNameCharacters = 200;
constexpr int kExtension = 180;
constexpr std::array<std::string_view, 4> kWritable = {"display_name", "roles", "duration_days",
                                                       "auto_extend"};

// What a row of the table of states says of one action.
struct Step {
  std::string_view does;  // behind "cannot"
  std::string_view event;
  Grant::State from;
  Grant::State to;
};

Step StepOf(Action action) {
  switch (action) {
    case Action::kUpdate:
      return {"change it", "grant.updated", Grant::CREATED, Grant::CREATED};
    case Action::kDelete:
      return {"delete it", "grant.deleted", Grant::CREATED, Grant::CREATED};
    case Action::kRequest:
      return {"request its approval", "grant.approval_requested", Grant::CREATED,
              Grant::APPROVAL_PENDING};
    case Action::kWithdraw:
      return {"withdraw it", "grant.withdrawn", Grant::APPROVAL_PENDING, Grant::WITHDRAWN};
    case Action::kApprove:
      return {"approve it", "grant.approved", Grant::APPROVAL_PENDING, Grant::ACTIVE};
    case Action::kDecline:
      return {"decline it", "grant.declined", Grant::APPROVAL_PENDING, Grant::DECLINED};
    case Action::kTerminate:
      return {"terminate it", "grant.terminated", Grant::ACTIVE, Grant::TERMINATED};
    case Action::kDropRoles:
      return {"drop its roles", "grant.roles_dropped", Grant::ACTIVE, Grant::ACTIVE};
    case Action::kLapse:
      return {"let it lapse", "grant.lapsed", Grant::APPROVAL_PENDING, Grant::LAPSED};
    case Action::kExpire:
      return {"let it expire", "grant.expired", Grant::ACTIVE, Grant::EXPIRED};
    case Action::kExtend:
      return {"extend it", "grant.extended", Grant::ACTIVE, Grant::ACTIVE};
  }
  return {"", "", Grant::STATE_UNSPECIFIED, Grant::STATE_UNSPECIFIED};
}

bool Holds(const Roles& roles, std::string_view role) {
  return std::find(roles.begin(), roles.end(), role) != roles.end();
}

bool ExtendsGlobalAdmin(const Grant& grant) {
  return grant.auto_extend() == kExtension &&
         Holds(grant.roles(), partnerlink::access::kGlobalAdmin);
}

absl::Status Invalid(std::string_view field, std::string_view problem) {
  FieldViolations violations;
  violations.Add(field, problem);
  return violations.ToStatus();
}

}  // namespace

std::optional<Grant::State> After(Action action, Grant::State state) {
  const Step step = StepOf(action);
  if (step.from != state) return std::nullopt;
  return step.to;
}

absl::Status CheckAction(Action action, Grant::State state) {
  if (After(action, state)) return absl::OkStatus();
  return StateTransition(StepOf(action).does, Grant::State_Name(state));
}

std::string_view EventOf(Action action) { return StepOf(action).event; }

absl::Status CheckReader(const Principal& reader, const Grant& grant) {
  const bool is_party = reader.account == grant.partner() ||
                        (reader.account == grant.customer() && grant.state() != Grant::CREATED);
  return is_party || reader.IsOperator() ? absl::OkStatus() : NotFound();
}

bool SeesDrafts(const Principal& reader) { return reader.family != AccountFamily::kCustomer; }

void CheckTerms(const Terms& terms, const std::string& path, FieldViolations& violations) {
  if (terms.roles().empty()) violations.Add(path + ".roles", "must name at least one role");
  partnerlink::access::CheckGrantTerms(terms.roles(), terms.duration_days(), terms.auto_extend(),
                                       path + ".", violations);
}

Grant ToCreate(const Terms& terms, const std::string& customer, const std::string& invitation) {
  Grant grant;
  grant.set_partner(terms.partner());
  grant.set_customer(customer);
  *grant.mutable_roles() = terms.roles();
  grant.set_state(Grant::ACTIVE);
  grant.set_duration_days(terms.duration_days() == 0 ? partnerlink::access::kMostGrantDays
                                                     : terms.duration_days());
  grant.set_auto_extend(terms.auto_extend());
  grant.set_invitation(invitation);
  return grant;
}

void CheckGiven(const Grant& grant, FieldViolations& violations) {
  if (const std::string problem =
          validation::TextProblem(grant.display_name(), 0, kMostNameCharacters);
      !problem.empty()) {
    violations.Add("grant.display_name", problem);
  }
  // That global_admin extends has a reason of its own.
  partnerlink::access::CheckGrantTerms(grant.roles(), grant.duration_days(),
                                       ExtendsGlobalAdmin(grant) ? 0 : grant.auto_extend(),
                                       "grant.", violations);
}

absl::Status CheckDraft(const Grant& grant, FieldViolations violations) {
  CheckGiven(grant, violations);
  if (!request::IsAccountName(grant.customer(), "customers")) {
    violations.Add("grant.customer", "is not of the form customers/{id}");
  }
  if (!grant.renews().empty() && !request::ParseChildName(grant.renews(), "partners", "grants")) {
    violations.Add("grant.renews", kNameProblem);
  }
  if (grant.roles().empty()) violations.Add("grant.roles", "must name at least one role");
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  if (!ExtendsGlobalAdmin(grant)) return absl::OkStatus();
  return Refusal(common::v1::GRANT_ROLE_FORBIDDEN,
                 "A grant that holds global_admin does not extend by itself.");
}

Grant ToDraft(const v1::CreateGrantRequest& request) {
  const Grant& asked = request.grant();
  Grant draft;
  draft.set_partner(request.parent());
  draft.set_display_name(asked.display_name());
  draft.set_customer(asked.customer());
  *draft.mutable_roles() = asked.roles();
  draft.set_state(Grant::CREATED);
  draft.set_duration_days(asked.duration_days() == 0 ? partnerlink::access::kMostGrantDays
                                                     : asked.duration_days());
  draft.set_auto_extend(asked.auto_extend());
  draft.set_renews(asked.renews());
  return draft;
}

absl::StatusOr<std::string> ChooseRelationship(const Principal& partner, const Grant& draft,
                                               const partnerlink::access::Facts& facts) {
  const partnerlink::access::Permission& create = partnerlink::access::GrantCreate();
  partnerlink::access::Decision decision =
      partnerlink::access::Decide(partner, {create, draft.customer()}, facts);
  if (decision.allowed) return decision.basis;
  if (decision.reason == common::v1::RESOURCE_NOT_FOUND && !draft.name().empty()) {
    decision.reason = common::v1::RELATIONSHIP_MISSING;
  }
  return partnerlink::access::ToStatus(decision, create);
}

absl::Status CheckRenewal(const Grant& draft, const Grant& renewed, std::string_view renewal) {
  if (renewed.customer() != draft.customer()) {
    return Invalid("grant.renews", "names a grant over another customer");
  }
  if (renewed.state() != Grant::ACTIVE && renewed.state() != Grant::EXPIRED) {
    return StateTransition("renew it", Grant::State_Name(renewed.state()));
  }
  if (renewal.empty()) return absl::OkStatus();
  return Refusal(common::v1::RENEWAL_EXISTS, "Another renewal of the grant is under way.",
                 {{"grant", std::string(renewal)}});
}

absl::StatusOr<FieldMask> UpdatePaths(const FieldMask& mask, const Grant& asked) {
  return request::WritablePaths(mask, asked, kWritable);
}

absl::StatusOr<Grant> Edited(const Grant& before, const FieldMask& paths, const Grant& asked) {
  Grant edited = before;
  request::WritePaths(paths, asked, edited);
  PARTNERLINK_RETURN_IF_ERROR(CheckDraft(edited, FieldViolations()));
  if (edited.duration_days() == 0) edited.set_duration_days(partnerlink::access::kMostGrantDays);
  return edited;
}

void CheckApproval(const v1::ApproveGrantRequest& request, FieldViolations& violations) {
  partnerlink::access::CheckGrantTerms(request.roles(), request.duration_days(), 0, "", violations);
}

absl::Status CheckRelationship(const std::optional<v1::Relationship>& relationship) {
  if (relationship && relationship->state() == v1::Relationship::ACTIVE) return absl::OkStatus();
  Metadata which;
  if (relationship) {
    which = {{"relationship", relationship->name()},
             {"state", v1::Relationship::State_Name(relationship->state())}};
  }
  return Refusal(common::v1::RELATIONSHIP_INACTIVE, "The relationship is not in force.", which);
}

absl::StatusOr<Grant> Approved(const Grant& asked, const v1::ApproveGrantRequest& request) {
  FieldViolations violations;
  for (const std::string& role : request.roles()) {
    if (Holds(asked.roles(), role)) continue;
    violations.Add("roles", "names a role that was not asked for");
    break;
  }
  if (request.duration_days() > asked.duration_days()) {
    violations.Add("duration_days",
                   absl::StrCat("must be at most the ", asked.duration_days(), " asked for"));
  }
  PARTNERLINK_RETURN_IF_ERROR(violations.ToStatus());
  Grant approved = asked;
  if (!request.roles().empty()) *approved.mutable_roles() = request.roles();
  if (request.duration_days() != 0) approved.set_duration_days(request.duration_days());
  if (request.decline_auto_extend()) approved.set_auto_extend(0);
  return approved;
}

void CheckDropping(const v1::DropGrantRolesRequest& request, FieldViolations& violations) {
  if (request.roles().empty()) violations.Add("roles", "must name at least one role");
  partnerlink::access::CheckGrantTerms(request.roles(), 0, 0, "", violations);
}

absl::StatusOr<Grant> WithoutRoles(const Grant& grant, const v1::DropGrantRolesRequest& request) {
  for (const std::string& role : request.roles()) {
    if (!Holds(grant.roles(), role)) return Invalid("roles", "names a role that it does not hold");
  }
  Grant left = grant;
  left.clear_roles();
  for (const std::string& role : grant.roles()) {
    if (!Holds(request.roles(), role)) left.add_roles(role);
  }
  return left;
}

}  // namespace partnerlink::relationship::grants
