// May this principal do that with this customer? The one place that decides it, for CheckAccess and
// for the services inside their own transactions. Pure functions over what the database says.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "common/access/permission.h"
#include "common/context/call_context.h"
#include "partnerlink/common/v1/error_reason.pb.h"
#include "partnerlink/relationship/v1/relationship.pb.h"

namespace partnerlink::access {

// What a partner holds of one customer, as of one moment.
struct Facts {
  bool partner_active = false;  // false, too, for a partner that is not enrolled
  // Those that are not over: name, type and state.
  std::vector<relationship::v1::Relationship> relationships;
  // Those in force: name and roles.
  std::vector<relationship::v1::Grant> grants;
};

// What is asked.
struct Question {
  const Permission& permission;
  std::string_view customer;  // `customers/{id}`
  // Only this relationship of the partner counts, by name: the one a thing was sold through. Empty:
  // each counts.
  std::string_view through = {};
};

struct Decision {
  bool allowed = false;
  std::string basis =
      {};  // of an allowed one: the relationship or grant, or the principal's account
  // Why not: ROLE_MISSING, PARTNER_SUSPENDED, RESOURCE_NOT_FOUND (the customer is nothing to the
  // principal), RELATIONSHIP_INACTIVE, RELATIONSHIP_MISSING, PERMISSION_MISSING.
  common::v1::ErrorReason reason = common::v1::ERROR_REASON_UNSPECIFIED;
  // RELATIONSHIP_INACTIVE: the one that would do if it were in force, name and state.
  relationship::v1::Relationship inactive = {};
};

// `facts` are those of the principal's account and the customer; read for partners only. What comes
// first counts: the caller's role, the partner's standing, the relationship, the grant.
Decision Decide(const Principal& principal, const Question& question, const Facts& facts);

// Whether the partner itself may, whoever of it acts: for what rests on it while another one asks.
// `facts` are the partner's.
bool MayPartner(const std::string& partner, const Question& question, const Facts& facts);

// OK, or the refusal that says why.
absl::Status ToStatus(const Decision& decision, const Permission& permission);

// Both at once.
absl::Status Check(const Principal& principal, const Question& question, const Facts& facts);

}  // namespace partnerlink::access
