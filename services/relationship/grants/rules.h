// What a grant may hold, what may be done with it, and who sees it. Pure functions, and the one
// place that names the refusals. The states and their changes are the table in ../README.md.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/access/decision.h"
#include "common/context/call_context.h"
#include "common/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::relationship::grants {

inline constexpr char kNameProblem[] = "is not of the form partners/{id}/grants/{uuid}";

// How long a request waits for the customer.
inline constexpr int kRequestDays = 90;

// Why grants are over where nobody says so.
inline constexpr char kByTime[] = "time";
inline constexpr char kRenewed[] = "renewed";
inline constexpr char kRolesDropped[] = "roles dropped";

// What is done with a grant, and may change its state.
enum class Action {
  kUpdate,
  kDelete,
  kRequest,  // ask the customer
  kWithdraw,
  kApprove,
  kDecline,
  kTerminate,
  kDropRoles,  // but for the last one
  kLapse,      // by the clock, as the next two
  kExpire,
  kExtend
};

// The state after the action; none if the action is not for this state. kUpdate, kDropRoles and
// kExtend leave it as it is; kDelete has no state after it and answers the present one.
std::optional<v1::Grant::State> After(Action action, v1::Grant::State state);

// OK, or STATE_TRANSITION naming the action and the state.
absl::Status CheckAction(Action action, v1::Grant::State state);

// Such as `grant.approved`.
std::string_view EventOf(Action action);

// NOT_FOUND unless the reader is the grant's partner, its customer, which does not see drafts, or
// an operator.
absl::Status CheckReader(const Principal& reader, const v1::Grant& grant);

// Whether lists show drafts to this reader: to everyone but customers.
bool SeesDrafts(const Principal& reader);

// Adds what breaks the documented shape of the terms; `path` is the field that holds them.
void CheckTerms(const v1::EstablishRelationshipsRequest::GrantTerms& terms, const std::string& path,
                FieldViolations& violations);

// The grant as it is to be created, ACTIVE, what the terms leave open filled in.
v1::Grant ToCreate(const v1::EstablishRelationshipsRequest::GrantTerms& terms,
                   const std::string& customer, const std::string& invitation);

// Adds what breaks the documented shape of those of a draft's terms that are given.
void CheckGiven(const v1::Grant& grant, FieldViolations& violations);

// The shape of a whole draft: FIELD_INVALID with all of `violations` and these; then
// GRANT_ROLE_FORBIDDEN where global_admin is to extend by itself.
absl::Status CheckDraft(const v1::Grant& grant, FieldViolations violations);

// The draft as it is to be created, what the caller left open filled in.
v1::Grant ToDraft(const v1::CreateGrantRequest& request);

// The relationship by which the partner may ask the draft's customer for rights, by name:
// RESOURCE_NOT_FOUND where the customer is nothing to it, but of a draft that it has, and so a
// name, RELATIONSHIP_MISSING there, too; RELATIONSHIP_INACTIVE.
absl::StatusOr<std::string> ChooseRelationship(const Principal& partner, const v1::Grant& draft,
                                               const partnerlink::access::Facts& facts);

// Whether the draft may renew that grant, whose renewal under way is called `renewal` (empty: there
// is none): FIELD_INVALID if it is over another customer, STATE_TRANSITION unless it is ACTIVE or
// EXPIRED, RENEWAL_EXISTS.
absl::Status CheckRenewal(const v1::Grant& draft, const v1::Grant& renewed,
                          std::string_view renewal);

// The writable fields that an update names: those of the mask, the populated ones without a mask.
// FIELD_INVALID naming a path that cannot be written.
absl::StatusOr<google::protobuf::FieldMask> UpdatePaths(const google::protobuf::FieldMask& mask,
                                                        const v1::Grant& asked);

// The draft with these fields of `asked`; refused as by CheckDraft.
absl::StatusOr<v1::Grant> Edited(const v1::Grant& before, const google::protobuf::FieldMask& paths,
                                 const v1::Grant& asked);

// Adds what breaks the documented shape of an approval.
void CheckApproval(const v1::ApproveGrantRequest& request, FieldViolations& violations);

// RELATIONSHIP_INACTIVE unless the two have one that is ACTIVE.
absl::Status CheckRelationship(const std::optional<v1::Relationship>& relationship);

// The grant with what the customer gives of it; FIELD_INVALID where that is more than was asked
// for.
absl::StatusOr<v1::Grant> Approved(const v1::Grant& asked, const v1::ApproveGrantRequest& request);

// Adds what breaks the documented shape of a dropping of roles.
void CheckDropping(const v1::DropGrantRolesRequest& request, FieldViolations& violations);

// The grant without these roles, maybe without any; FIELD_INVALID for one that it does not hold.
absl::StatusOr<v1::Grant> WithoutRoles(const v1::Grant& grant,
                                       const v1::DropGrantRolesRequest& request);

}  // namespace partnerlink::relationship::grants
