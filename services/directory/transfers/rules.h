// Who may ask for a subscription, who decides, and what must hold when it goes over. Pure
// functions, and the one place of this room that names a refusal.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "common/access/decision.h"
#include "common/context/call_context.h"
#include "common/status/status.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"

namespace partnerlink::directory::transfers {

inline constexpr char kNameProblem[] = "is not of the form partners/{id}/transfers/{uuid}";
inline constexpr char kRelationshipField[] = "transfer.relationship";
// Why a transfer is REFUSED when another one was agreed to.
inline constexpr char kOvertaken[] = "transferred to another partner";

// What is done with a transfer that is there.
enum class Action { kAccept, kRefuse, kCancel, kExpire };

// The state after the action; none if the action is not for this state.
std::optional<v1::Transfer::State> After(Action action, v1::Transfer::State state);

// OK, or STATE_TRANSITION naming the action and the state.
absl::Status CheckAction(Action action, v1::Transfer::State state);

// Adds what breaks the documented shape of the request's `transfer`, but for its relationship.
void CheckShape(const v1::Transfer& transfer, FieldViolations& violations);

// The transfer that the caller asks for of a subscription, by its relationship. FIELD_INVALID if
// the subscription is its own.
absl::StatusOr<v1::Transfer> ToRequest(const Principal& caller,
                                       const v1::RequestTransferRequest& request,
                                       const std::string& relationship,
                                       const v1::Subscription& subscription);

// TRANSFER_EXISTS, naming the one that is there.
absl::Status AskedAlready(const v1::Transfer& present);

// RESOURCE_NOT_FOUND unless the caller is one of its partners.
absl::Status CheckParty(const Principal& caller, const v1::Transfer& transfer);

// PERMISSION_MISSING unless the action is for this one of its partners.
absl::Status CheckDecider(const Principal& caller, const v1::Transfer& transfer, Action action);

// Whether the partner may give the subscription away, by its own relationship alone: ROLE_MISSING,
// PARTNER_SUSPENDED, otherwise RELATIONSHIP_INACTIVE, also of one that is over.
absl::Status CheckReleaser(const Principal& caller, const v1::Transfer& transfer,
                           const access::Facts& facts);

// Whether the asking partner may have it, by what it holds now: RELATIONSHIP_INACTIVE.
absl::Status CheckReceiver(const v1::Transfer& transfer, const access::Facts& facts);

// Whether the subscription, null if there is none that the releasing partner may change, is still
// what that one has by the same relationship: STATE_TRANSITION.
absl::Status CheckStillReleasers(const v1::Transfer& transfer,
                                 const v1::Subscription* subscription);

}  // namespace partnerlink::directory::transfers
