// What keeps ModifyLicenses from giving more seats than there are, each taken away where a test
// wants it. The handler is the service's own; two functions below it are replaced at the link.
#pragma once

namespace partnerlink::support {

struct Guards {
  bool lock = true;       // the subscriptions are locked before their free seats are looked at
  bool statement = true;  // the statement that counts a seat looks once more
};

// Before the threads of a race, not beside them.
void StandOnly(const Guards& guards);

}  // namespace partnerlink::support
