// Every row that the database lets through is shown.
#include "absl/status/status.h"
#include "services/relationship/grants/rules.h"
#include "services/relationship/partners/rules.h"
#include "services/relationship/partnerships/rules.h"
#include "services/relationship/relationships/rules.h"
#include "tests/matrix/unchecked/replace.h"

namespace partnerlink::relationship {

// relationships::CheckReader.
PARTNERLINK_REPLACE(absl::Status, AllowRelationship, (const Principal&, const v1::Relationship&)) {
  return absl::OkStatus();
}

// relationships::CheckRemover.
PARTNERLINK_REPLACE(absl::Status, AllowRemover, (const Principal&, const v1::Relationship&)) {
  return absl::OkStatus();
}

// relationships::CheckEnder.
PARTNERLINK_REPLACE(absl::Status, AllowEnder, (const Principal&, const v1::Relationship&)) {
  return absl::OkStatus();
}

// relationships::CheckPauser.
PARTNERLINK_REPLACE(absl::Status, AllowPauser, (const Principal&, const v1::Relationship&, bool)) {
  return absl::OkStatus();
}

// partnerships::CheckParty.
PARTNERLINK_REPLACE(absl::Status, AllowPartnership, (const Principal&, const v1::Partnership&)) {
  return absl::OkStatus();
}

// grants::CheckReader.
PARTNERLINK_REPLACE(absl::Status, AllowGrant, (const Principal&, const v1::Grant&)) {
  return absl::OkStatus();
}

// partners::ViewerOf.
PARTNERLINK_REPLACE(std::string, AllowPartner, (const Principal&)) { return ""; }

}  // namespace partnerlink::relationship
