// What a notice's changes leave in audit and outbox: of its partner's account, without the address.
#pragma once

#include <string>

#include "common/outbox/change.h"
#include "services/invitation/notices/store.h"

namespace partnerlink::invitation::notices {

// `event` such as `notice.sent`.
outbox::Change ChangeOf(const std::string& event, const std::string& cause, const Notice& notice);

}  // namespace partnerlink::invitation::notices
