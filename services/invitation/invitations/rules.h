// What may be done with an invitation, and by whom. Pure functions, and the one place that names
// the refusals. The states and their changes are the table in ../README.md.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "common/context/call_context.h"
#include "common/status/status.h"
#include "google/protobuf/duration.pb.h"
#include "google/protobuf/field_mask.pb.h"
#include "partnerlink/invitation/v1/invitation.pb.h"

namespace partnerlink::invitation::invitations {

// What is done with an invitation, and may change its state.
enum class Action {
  kUpdate,
  kDelete,
  kRender,
  kIssue,
  kAskProvider,  // issue it where the provider has to agree first
  kApprove,      // by the provider
  kRefuse,       // by the provider
  kSend,         // have the service send its mail
  kAccept,       // of mode TARGETED
  kUse,          // of mode OPEN, while it can be accepted once more
  kExhaust,      // of mode OPEN, the last time
  kDecline,
  kRevoke,
  kExpire,
  kResend,            // with a new link
  kAskProviderAgain,  // resend it where the provider has to agree first
  kExtend
};

// The state after the action; none if the action is not for this state. kUpdate, kRender, kSend,
// kUse and kExtend leave the state as it is; kDelete has no state after it and answers the present
// one.
std::optional<v1::Invitation::State> After(Action action, v1::Invitation::State state);

// OK, or STATE_TRANSITION naming the action and the state.
absl::Status CheckAction(Action action, v1::Invitation::State state);

inline constexpr char kNameProblem[] = "is not of the form partners/{id}/invitations/{uuid}";

// The shape of a request's `name`: FIELD_INVALID with all of `violations` and this one.
absl::Status CheckName(std::string_view name, FieldViolations violations);

// The shape of what a caller writes in a request's `invitation`: FIELD_INVALID with all violations;
// if there are none, of a body text what message::ValidateBodyLink refuses it with. `violations`
// may hold some of the request's other fields.
absl::Status CheckShape(const v1::Invitation& invitation, FieldViolations violations);

// The shape of a life: whole seconds, at most 90 days; adds its violation.
void CheckTtlShape(std::string_view field, const google::protobuf::Duration& ttl,
                   FieldViolations& violations);

// FIELD_INVALID if the life is shorter than the deployer allows.
absl::Status CheckTtl(const v1::Invitation& invitation, absl::Duration min_ttl);
absl::Status CheckTtl(std::string_view field, const google::protobuf::Duration& ttl,
                      absl::Duration min_ttl);

// Why an invitation in this state was given no more time: STATE_TRANSITION, or FIELD_INVALID as it
// would not end later.
absl::Status NotExtended(v1::Invitation::State state);

// Fills in what the caller left open: kind, mode, roles, duration, uses, life, locale; brings the
// domain hint to the form in which it is compared.
void FillDefaults(v1::Invitation& invitation);

// The hint's mail address in the form in which addresses are compared; empty without one.
std::string EmailKey(const v1::Invitation& invitation);

// A mail address in that form; empty for what is none.
std::string EmailKeyOf(std::string_view email_address);

// How those stand that an invitation asks for.
struct Standing {
  bool partner_is_active = false;
  bool partner_is_reseller = false;
  bool partner_is_provider = false;
  bool same_region = false;
  // Of the provider that a combined invitation names.
  bool provider_is_active = false;
  bool partnership_is_active = false;
  std::string partnership;  // its name; empty where there is none
};

// Whether the partner may invite: PARTNER_SUSPENDED, of the provider too, WRONG_KIND,
// SELF_RELATIONSHIP, PARTNERSHIP_INACTIVE naming the partnership, REGION.
absl::Status CheckInviter(const Standing& standing, std::string_view partner,
                          const v1::Invitation& invitation);

// Whether the reader is one: the partner, an operator, or the provider that the invitation names,
// which does not see drafts. RESOURCE_NOT_FOUND otherwise.
absl::Status CheckReader(const Principal& principal, std::string_view partner,
                         const v1::Invitation& invitation);

// Whether the caller is the provider that the invitation names, and it is issued:
// RESOURCE_NOT_FOUND otherwise.
absl::Status CheckProvider(const Principal& principal, const v1::Invitation& invitation);

// INVITATION_EXISTS, naming the open invitation that is equal to this one.
absl::Status CheckNoEqual(const std::optional<std::string>& open_equal);

// QUOTA_EXCEEDED, to be tried again after `wait`, once the partner has issued as many as it may in
// 24 hours.
absl::Status CheckQuota(std::string_view partner, int64_t issued_today, int daily_issues,
                        absl::Duration wait);

// A sales agent revokes only what it made (ROLE_MISSING); operators and administrators revoke all.
absl::Status CheckRevoker(const Principal& principal, const v1::Invitation& invitation);

// Whether this reader sees the hint's mail address in full: everyone but a mere helpdesk agent, and
// the provider of somebody else's invitation.
bool SeesEmailAddress(const Principal& principal, std::string_view partner);

// The address as a helpdesk agent sees it: `a***@contoso.example`.
void MaskEmailAddress(v1::Invitation& invitation);

// The writable fields that an update names: those of the mask, all for `*`, the populated ones
// without a mask. FIELD_INVALID naming a path that cannot be written.
absl::StatusOr<google::protobuf::FieldMask> UpdatePaths(const google::protobuf::FieldMask& mask,
                                                        const v1::Invitation& invitation);

// Writes those fields of `source` over `target`.
void Merge(const google::protobuf::FieldMask& paths, const v1::Invitation& source,
           v1::Invitation& target);

}  // namespace partnerlink::invitation::invitations
