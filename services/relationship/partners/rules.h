// What a partner may be, and who sees what of it. Pure functions, and the one place that names the
// refusals.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/context/call_context.h"
#include "common/status/status.h"
#include "google/protobuf/field_mask.pb.h"
#include "partnerlink/relationship/v1/relationship.pb.h"

namespace partnerlink::relationship::partners {

// Adds what breaks the documented shape of the request's `partner`.
void CheckShape(const v1::Partner& partner, FieldViolations& violations);

// The partner as it is to be enrolled: what the caller writes, its types in one order, the
// policies' defaults filled in.
v1::Partner ToEnrol(const v1::Partner& asked, std::string_view name);

// What a repeated enrolment answers: the partner of `taken` that has all values of `wanted`, and
// its name too if `named`. Otherwise PARTNER_EXISTS, naming the first of `taken`: those that have
// the name or the number of `wanted`, at least one.
absl::StatusOr<v1::Partner> EnrolledAlready(const v1::Partner& wanted, bool named,
                                            const std::vector<v1::Partner>& taken);

// What an update writes: of display_name and policies. FIELD_INVALID for other paths.
absl::StatusOr<google::protobuf::FieldMask> UpdatePaths(const google::protobuf::FieldMask& mask,
                                                        const v1::Partner& asked);

// The partner as it is to be after the update. In this order: ETAG_MISMATCH; PARTNER_SUSPENDED, but
// for operators; FIELD_INVALID where the result is not sound. The days of REVOKE_GRANTS_AFTER go
// with it, unless the update says otherwise.
absl::StatusOr<v1::Partner> Edited(const Principal& editor, const v1::Partner& before,
                                   const google::protobuf::FieldMask& paths,
                                   const v1::Partner& asked);

// What an operator does with a partner.
enum class Action { kSuspend, kResume };

// The state after the action; none if the action is not for this state.
std::optional<v1::Partner::State> After(Action action, v1::Partner::State state);

// OK, or STATE_TRANSITION naming the action and the state.
absl::Status CheckAction(Action action, v1::Partner::State state);

// `partner.suspended`, `partner.resumed`.
std::string EventOf(Action action);

// Leaves in `partner` only what the reader may see: everything for operators and the partner
// itself; name, display name, types and country for everyone else whom its row is open to.
void HideFrom(const Principal& reader, v1::Partner& partner);

// By whose account the reader sees partners; empty for operators, who see all of them.
std::string ViewerOf(const Principal& reader);

// Whether the reader sees every field of every row its lists hold: only then may it filter by them.
bool SeesWholeRows(const Principal& reader);

}  // namespace partnerlink::relationship::partners
