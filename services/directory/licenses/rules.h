// What licences may be given and taken. Pure functions, and the one place of this room that names a
// refusal.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "common/status/status.h"
#include "partnerlink/directory/v1/customer_directory_service.pb.h"

namespace partnerlink::directory::licenses {

// The longest list of a request.
inline constexpr int kMostLicenses = 100;

// The seats of a subscription that a request names, as they stand.
struct Seats {
  std::string subscription;  // its name
  v1::Subscription::State state = v1::Subscription::STATE_UNSPECIFIED;
  int32_t total = 0;
  int32_t assigned = 0;
  bool is_users = false;  // the user of the request has one of them
};

// Adds what breaks the documented shape: names of subscriptions, each once, at most kMostLicenses
// to give and as many to take, and at least one.
void CheckShape(const v1::ModifyLicensesRequest& request, FieldViolations& violations);

// The UUIDs of all subscriptions that a request with a sound shape names, whoever's they are.
std::vector<std::string> Named(const v1::ModifyLicensesRequest& request);

// What a request comes to: of which subscriptions the user gets a seat, and of which it loses its
// own, by UUID. What is so already is in neither.
struct Moves {
  std::vector<std::string> given;
  std::vector<std::string> taken;

  bool empty() const { return given.empty() && taken.empty(); }
};

// `seats`: of those of Named(request) that the user's customer has, locked. FIELD_INVALID naming
// what is none of the customer's, STATE_TRANSITION where one to give is not ACTIVE,
// LICENSES_EXHAUSTED listing those without a free seat.
absl::StatusOr<Moves> MovesFor(const v1::ModifyLicensesRequest& request,
                               const std::vector<Seats>& seats);

}  // namespace partnerlink::directory::licenses
