// Every method is open to every caller with a token, for every account.
#include "absl/status/status.h"
#include "common/auth/access.h"
#include "tests/matrix/unchecked/replace.h"

namespace partnerlink {

// AccessPolicy::CheckReachAndRole.
PARTNERLINK_REPLACE(absl::Status, AllowCall,
                    (const auth::AccessPolicy*, const CallContext&,
                     const google::protobuf::Message&)) {
  return absl::OkStatus();
}

}  // namespace partnerlink
