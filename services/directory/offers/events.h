// What a change of an offer leaves in audit and outbox.
#pragma once

#include <string>

#include "common/outbox/change.h"
#include "partnerlink/directory/v1/offer.pb.h"

namespace partnerlink::directory::offers {

// `event` such as `offer.created`; `before` is null where the offer was not there yet. The payload
// is the offer.
outbox::Change ChangeOf(const std::string& event, const v1::Offer* before, const v1::Offer& after);

}  // namespace partnerlink::directory::offers
