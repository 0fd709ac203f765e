// Every row that the database lets through is shown.
#include "absl/status/status.h"
#include "services/directory/customers/rules.h"
#include "services/directory/transfers/rules.h"
#include "tests/matrix/unchecked/replace.h"

namespace partnerlink::directory {

// customers::CheckReader.
PARTNERLINK_REPLACE(absl::Status, AllowCustomer,
                    (const Principal&, const v1::Customer&,
                     const std::vector<relationship::v1::Grant>&)) {
  return absl::OkStatus();
}

// transfers::CheckParty.
PARTNERLINK_REPLACE(absl::Status, AllowTransfer, (const Principal&, const v1::Transfer&)) {
  return absl::OkStatus();
}

// transfers::CheckDecider.
PARTNERLINK_REPLACE(absl::Status, AllowDecider,
                    (const Principal&, const v1::Transfer&, transfers::Action)) {
  return absl::OkStatus();
}

}  // namespace partnerlink::directory
