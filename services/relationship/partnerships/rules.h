// When a partnership comes to be, and what may be done with it. Pure functions, and the one place
// that names the refusals.
#pragma once

#include <optional>
#include <string_view>

#include "absl/status/status.h"
#include "common/context/call_context.h"
#include "common/status/status.h"
#include "partnerlink/relationship/v1/relationship_service.pb.h"

namespace partnerlink::relationship::partnerships {

inline constexpr char kNameProblem[] = "is not of the form partners/{id}/partnerships/{uuid}";

// What changes the state of a partnership.
enum class Action { kSuspend, kResume, kEnd };

// The state after the action; none if the action is not for this state.
std::optional<v1::Partnership::State> After(Action action, v1::Partnership::State state);

// OK, or STATE_TRANSITION naming the action and the state.
absl::Status CheckAction(Action action, v1::Partnership::State state);

// `partnership.suspended`, `partnership.resumed`, `partnership.ended`.
std::string_view EventOf(Action action);

// NOT_FOUND unless the caller is one of the two or an operator.
absl::Status CheckParty(const Principal& caller, const v1::Partnership& partnership);

// Adds what breaks the documented shape of the request.
void CheckShape(const v1::EstablishPartnershipRequest& request, FieldViolations& violations);

// The partnership as it is to be created.
v1::Partnership ToEstablish(const v1::EstablishPartnershipRequest& request);

// What an establishment is decided on; null: not enrolled.
struct Ground {
  const v1::Partner* provider = nullptr;
  const v1::Partner* reseller = nullptr;
  bool same_region = false;
};

// Why the two can have no partnership: SELF_RELATIONSHIP, PARTNER_SUSPENDED, WRONG_KIND where they
// are not of type PROVIDER and RESELLER, REGION; none if they can.
std::optional<ErrorReason> WhyNot(const v1::Partnership& wanted, const Ground& ground);

// The answer about the one that is in force now.
v1::EstablishPartnershipResponse Established(const v1::Partnership& created);
// About one that will not be, as the pair has a live one: PARTNERSHIP_EXISTS.
v1::EstablishPartnershipResponse Exists(const v1::Partnership& live);
// About one that will not be.
v1::EstablishPartnershipResponse Refused(ErrorReason reason);

}  // namespace partnerlink::relationship::partnerships
