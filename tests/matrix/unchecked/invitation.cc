// Every row that the database lets through is shown, and decided on by whoever asks.
#include <string_view>

#include "absl/status/status.h"
#include "services/invitation/invitations/rules.h"
#include "tests/matrix/unchecked/replace.h"

namespace partnerlink::invitation {

// invitations::CheckReader.
PARTNERLINK_REPLACE(absl::Status, AllowReader,
                    (const Principal&, std::string_view, const v1::Invitation&)) {
  return absl::OkStatus();
}

// invitations::CheckProvider.
PARTNERLINK_REPLACE(absl::Status, AllowProvider, (const Principal&, const v1::Invitation&)) {
  return absl::OkStatus();
}

}  // namespace partnerlink::invitation
