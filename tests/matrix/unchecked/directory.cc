// Every row that the database lets through is shown.
#include "absl/status/status.h"
#include "services/directory/customers/rules.h"
#include "tests/matrix/unchecked/replace.h"

namespace partnerlink::directory {

// customers::CheckReader.
PARTNERLINK_REPLACE(absl::Status, AllowCustomer,
                    (const Principal&, const v1::Customer&,
                     const std::vector<relationship::v1::Grant>&)) {
  return absl::OkStatus();
}

}  // namespace partnerlink::directory
